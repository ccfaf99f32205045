import type { EventID, RoomID, UserID } from "../../matrix/contract/events"

/** What a matrix.to or `matrix:` link names. `room` is an ID or an alias. */
export type MatrixTarget =
  | { readonly kind: "user"; readonly userId: UserID }
  | { readonly kind: "room"; readonly room: RoomID; readonly via: readonly string[] }
  | { readonly kind: "event"; readonly room: RoomID; readonly eventId: EventID; readonly via: readonly string[] }

const origin = "https://matrix.to/#/"
const userShape = /^@[^:\s]{0,250}:[^\s:]+(?::\d{1,5})?$/
const roomShape = /^(?:#[^:\s]+:[^\s:]+(?::\d{1,5})?|![^\s]+)$/

/** The matrix.to link of a person, a room or a message. */
export function linkTo(target: MatrixTarget): string {
  switch (target.kind) {
    case "user":
      return origin + encoded(target.userId)
    case "room":
      return origin + encoded(target.room) + viaQuery(target.via)
    case "event":
      return `${origin}${encoded(target.room)}/${encoded(target.eventId)}${viaQuery(target.via)}`
  }
}

/** Reads a matrix.to link or a `matrix:` address; undefined where it is neither. */
export function parseMatrixLink(href: string): MatrixTarget | undefined {
  if (href.length > 2048) return undefined
  const web = /^https?:\/\/(?:www\.)?matrix\.to\/#\/(.*)$/i.exec(href)?.[1]
  if (web !== undefined) return fromParts(web)
  const scheme = /^matrix:(?:\/\/[^/]*\/)?(.*)$/i.exec(href)?.[1]
  return scheme === undefined ? undefined : fromScheme(scheme)
}

function fromParts(rest: string): MatrixTarget | undefined {
  const [path = "", query = ""] = splitOnce(rest, "?")
  const [first = "", second] = path.split("/").map(decoded)
  return target(first, second, viaOf(query))
}

function fromScheme(rest: string): MatrixTarget | undefined {
  const [withQuery = ""] = splitOnce(rest, "#")
  const [path = "", query = ""] = splitOnce(withQuery, "?")
  const [type, id, childType, childId] = path.split("/").map(decoded)
  const sigil = type === "u" || type === "user" ? "@" : type === "r" || type === "room" ? "#" : type === "roomid" ? "!" : undefined
  if (sigil === undefined || id === undefined || id === "") return undefined
  const isEvent = (childType === "e" || childType === "event") && childId !== undefined && childId !== ""
  return target(sigil + id, isEvent ? "$" + childId : undefined, viaOf(query))
}

function target(first: string, second: string | undefined, via: readonly string[]): MatrixTarget | undefined {
  if (userShape.test(first)) return { kind: "user", userId: first }
  if (!roomShape.test(first)) return undefined
  return second !== undefined && second.startsWith("$") ? { kind: "event", room: first, eventId: second, via } : { kind: "room", room: first, via }
}

function viaOf(query: string): string[] {
  return query.split("&").filter((part) => part.startsWith("via=")).map((part) => decoded(part.slice(4)))
    .filter((server) => /^[a-zA-Z0-9.:[\]-]{1,255}$/.test(server)).slice(0, 10)
}

function viaQuery(via: readonly string[]): string {
  return via.length === 0 ? "" : "?" + via.slice(0, 3).map((server) => "via=" + encodeURIComponent(server)).join("&")
}

function encoded(id: string): string {
  return encodeURIComponent(id).replace(/%40/g, "@").replace(/%3A/g, ":").replace(/%24/g, "$").replace(/%21/g, "!")
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function splitOnce(text: string, mark: string): [string, string | undefined] {
  const at = text.indexOf(mark)
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}
