/**
 * What is on the screen. The address keeps it after the `#`, so that any web server can host the client; only invite links are paths
 * (`/invite/CODE`), because other programs fetch them to show what they lead to.
 */
export type Route =
  /** Direct messages and what waits for an answer. */
  | { readonly kind: "home"; readonly section: "direct" | "inbox" | "discover" | undefined }
  /** A server without a channel chosen. */
  | { readonly kind: "space"; readonly space: string }
  /** A room; `space` is the server it is shown in, undefined for direct messages and rooms of no server. `thread` opens the side panel. */
  | {
    readonly kind: "room"; readonly room: string; readonly space: string | undefined; readonly event: string | undefined
    readonly thread: string | undefined
  }
  | { readonly kind: "settings"; readonly page: string | undefined }
  /** Settings of a server or a channel. */
  | { readonly kind: "room-settings"; readonly room: string; readonly page: string | undefined }
  | { readonly kind: "sign-in" }
  | { readonly kind: "sign-up" }
  | { readonly kind: "invite"; readonly code: string }

/** Reads the address. Unknown addresses are home. */
export function parseRoute(path: string, hash: string): Route {
  const invite = /^\/invite\/([A-Za-z0-9_-]{4,64})\/?$/.exec(path)
  const parts = hash.replace(/^#?\/?/, "").split("/").filter((part) => part !== "").map(decoded)
  const [first, second, third, ...rest] = parts
  if (invite?.[1] !== undefined && first === undefined) return { kind: "invite", code: invite[1] }
  switch (first) {
    case "space":
      if (second === undefined) break
      if (third === undefined) return { kind: "space", space: second }
      return room(third, second, rest)
    case "room":
      return second === undefined ? { kind: "home", section: undefined } : room(second, undefined, third === undefined ? [] : [third, ...rest])
    case "settings":
      return { kind: "settings", page: second }
    case "room-settings":
      return second === undefined ? { kind: "home", section: undefined } : { kind: "room-settings", room: second, page: third }
    case "sign-in":
    case "sign-up":
      return { kind: first }
    case "invite":
      return second === undefined ? { kind: "home", section: undefined } : { kind: "invite", code: second }
    case "direct":
    case "inbox":
    case "discover":
      return { kind: "home", section: first }
    default:
      break
  }
  return { kind: "home", section: undefined }
}

function room(id: string, space: string | undefined, rest: readonly string[]): Route {
  let event: string | undefined
  let thread: string | undefined
  for (let index = 0; index + 1 < rest.length; index += 2) {
    if (rest[index] === "event") event = rest[index + 1]
    if (rest[index] === "thread") thread = rest[index + 1]
  }
  return { kind: "room", room: id, space, event, thread }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** The address of a route, for links: `#/space/!a:b/!c:d/thread/$e`. */
export function href(route: Route): string {
  const path = (...parts: (string | undefined)[]) =>
    "#/" + parts.filter((part): part is string => part !== undefined).map((part) => encodeURIComponent(part).replace(/%3A/g, ":").replace(/%24/g, "$")).join("/")
  switch (route.kind) {
    case "home":
      return path(route.section)
    case "space":
      return path("space", route.space)
    case "room": {
      const rest = [
        ...(route.event === undefined ? [] : ["event", route.event]), ...(route.thread === undefined ? [] : ["thread", route.thread]),
      ]
      return route.space === undefined ? path("room", route.room, ...rest) : path("space", route.space, route.room, ...rest)
    }
    case "settings":
      return path("settings", route.page)
    case "room-settings":
      return path("room-settings", route.room, route.page)
    case "sign-in":
    case "sign-up":
      return path(route.kind)
    case "invite":
      return path("invite", route.code)
  }
}
