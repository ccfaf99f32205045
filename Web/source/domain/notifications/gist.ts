import { asString, member } from "../../matrix/base/read"
import type { TimelineEvent } from "../../matrix/contract/timeline"

/** What a message says, in one line. Kinds other than text are put into words by the interface. */
export type Gist =
  | { readonly kind: "text" | "emote"; readonly text: string }
  | { readonly kind: "image" | "video" | "audio" | "voice" | "file" | "sticker" | "location"; readonly text: string }
  | { readonly kind: "poll"; readonly text: string }
  | { readonly kind: "reaction"; readonly text: string }
  | { readonly kind: "redacted" | "undecryptable" | "other"; readonly text: "" }

const longest = 300

/** What of an event its gist is made of. */
export type GistSource = Pick<TimelineEvent, "type" | "content" | "replyTo"> & {
  readonly redacted: object | undefined
  readonly encryption: { readonly kind: TimelineEvent["encryption"]["kind"] }
}

/** The gist of an event for lists, search results and notifications. Fallbacks of replies and hidden spoilers are left out. */
export function gist(event: GistSource): Gist {
  if (event.redacted !== undefined) return { kind: "redacted", text: "" }
  if (event.encryption.kind === "undecryptable") return { kind: "undecryptable", text: "" }
  const body = asString(event.content.body) ?? ""
  switch (event.type) {
    case "m.room.message":
      return messageGist(event, body)
    case "m.sticker":
      return { kind: "sticker", text: line(body) }
    case "m.reaction":
      return { kind: "reaction", text: line(asString(member(event.content, "m.relates_to", "key")) ?? "") }
    case "m.poll.start":
    case "org.matrix.msc3381.poll.start":
      return { kind: "poll", text: line(pollQuestion(event)) }
    default:
      return { kind: "other", text: "" }
  }
}

function messageGist(event: GistSource, body: string): Gist {
  const filename = asString(event.content.filename)
  // A body that differs from the name of the file is its caption.
  const caption = filename !== undefined && filename !== body ? line(body) : ""
  switch (asString(event.content.msgtype)) {
    case "m.image":
      return { kind: "image", text: caption }
    case "m.video":
      return { kind: "video", text: caption }
    case "m.audio":
      return { kind: member(event.content, "org.matrix.msc3245.voice") === undefined ? "audio" : "voice", text: caption }
    case "m.file":
      return { kind: "file", text: caption === "" ? line(filename ?? body) : caption }
    case "m.location":
      return { kind: "location", text: "" }
    case "m.emote":
      return { kind: "emote", text: line(withoutSpoilers(event, withoutFallback(event, body))) }
    default:
      return { kind: "text", text: line(withoutSpoilers(event, withoutFallback(event, body))) }
  }
}

/** Replies by older clients begin with a quotation of what they answer. */
function withoutFallback(event: GistSource, body: string): string {
  if (event.replyTo === undefined || !body.startsWith("> ")) return body
  const lines = body.split("\n")
  let index = 0
  while (index < lines.length && (lines[index] ?? "").startsWith(">")) index += 1
  return lines.slice(lines[index] === "" ? index + 1 : index).join("\n")
}

/** What is hidden in the message must not be read in a list either. The plain body has it in the open, so only its presence is told. */
function withoutSpoilers(event: GistSource, body: string): string {
  const formatted = asString(event.content.formatted_body)
  return formatted !== undefined && formatted.includes("data-mx-spoiler") ? "▒▒▒" : body
}

function pollQuestion(event: GistSource): string {
  const start = member(event.content, "m.poll") ?? member(event.content, "m.poll.start") ?? member(event.content, "org.matrix.msc3381.poll.start")
  const question = member(start, "question")
  const texts = member(question, "m.text")
  return (Array.isArray(texts) ? asString(member(texts[0], "body")) : asString(texts)) ?? asString(member(question, "org.matrix.msc1767.text")) ?? asString(member(question, "body")) ?? ""
}

function line(text: string): string {
  const flat = text.replace(/\s+/g, " ").trim()
  return flat.length > longest ? flat.slice(0, longest) + "…" : flat
}
