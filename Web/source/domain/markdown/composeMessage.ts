import type { JSONObject } from "../../matrix/base/read"
import type { UserID } from "../../matrix/contract/events"
import { mentionsIn } from "./fromHTML"
import type { Block, CustomEmoji, Inline, Mention } from "./nodes"
import { parseMarkdown } from "./parseBlocks"
import { escapeHTML, toHTML } from "./toHTML"
import { toMarkdown } from "./toMarkdown"

/** What a message is made with. */
export interface ComposeContext {
  readonly mentions: readonly Mention[]
  readonly emoji: (shortcode: string) => CustomEmoji | undefined
  readonly canNotifyRoom: boolean
  readonly ownUserId: UserID
}

/** The parts of a message's content that its text makes. */
export interface ComposedText {
  readonly body: string
  readonly formattedBody: string | undefined
  readonly mentions: JSONObject
}

/** Turns what was typed into `body`, `formatted_body` (only where there is formatting) and `m.mentions`. */
export function composeText(source: string, context: ComposeContext): ComposedText {
  const text = source.trim()
  const blocks = parseMarkdown(text, context)
  const mentions = mentionsContent(mentionsIn(blocks), context.ownUserId)
  if (!hasFormatting(blocks)) return { body: /\\/.test(text) ? toMarkdown(blocks, { isPlain: true }) : text, formattedBody: undefined, mentions }
  return { body: hasSpoiler(blocks) ? toMarkdown(blocks, { hidesSpoilers: true }) : text, formattedBody: toHTML(blocks), mentions }
}

/** Content of an `m.room.message`. */
export function composeMessage(source: string, context: ComposeContext, msgtype: "m.text" | "m.emote" | "m.notice" = "m.text"): JSONObject {
  return textContent(msgtype, composeText(source, context))
}

/** Content with a text that is taken as it is. */
export function plainMessage(text: string, msgtype: "m.text" | "m.emote" = "m.text"): JSONObject {
  return { msgtype, body: text, "m.mentions": {} }
}

/** Content with everything hidden behind a reason. */
export function spoilerMessage(source: string, reason: string | undefined, context: ComposeContext): JSONObject {
  const blocks = parseMarkdown(source.trim(), context)
  const inner = toHTML(blocks)
  return textContent("m.text", {
    body: reason === undefined ? "[Spoiler]" : `[Spoiler for ${reason}]`,
    formattedBody: `<span data-mx-spoiler="${escapeHTML(reason ?? "")}">${inner}</span>`,
    mentions: mentionsContent(mentionsIn(blocks), context.ownUserId),
  })
}

function textContent(msgtype: string, text: ComposedText): JSONObject {
  return {
    msgtype, body: text.body,
    ...(text.formattedBody === undefined ? {} : { format: "org.matrix.custom.html", formatted_body: text.formattedBody }),
    "m.mentions": text.mentions,
  }
}

/** `m.mentions` of what was mentioned; nobody mentions themselves. */
function mentionsContent(mentions: readonly Mention[], ownUserId: UserID): JSONObject {
  const users = new Set<UserID>()
  let isRoom = false
  for (const one of mentions) {
    if (one.target.kind === "user") users.add(one.target.userId)
    if (one.target.kind === "role") one.target.userIds.forEach((userId) => users.add(userId))
    if (one.target.kind === "everyone") isRoom = true
  }
  users.delete(ownUserId)
  return { ...(users.size === 0 ? {} : { user_ids: [...users].slice(0, maximumMentions) }), ...(isRoom ? { room: true } : {}) }
}

/** As many as fit into an event beside its text. */
const maximumMentions = 500

function hasFormatting(blocks: readonly Block[]): boolean {
  return blocks.some((block) => block.kind !== "paragraph" || block.children.some((node) =>
    node.kind !== "text" && node.kind !== "break" && node.kind !== "address" && !(node.kind === "mention" && node.mention.target.kind === "everyone")))
}

function hasSpoiler(blocks: readonly Block[]): boolean {
  const visit = (nodes: readonly (Block | Inline)[]): boolean => nodes.some((node) =>
    node.kind === "spoiler" || (node.kind === "list" ? node.items.some(visit)
      : node.kind === "table" ? [node.head, ...node.rows].some((row) => row.some(visit)) : "children" in node && visit(node.children)))
  return visit(blocks)
}
