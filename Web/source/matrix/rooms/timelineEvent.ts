import { asNumber, asObject, asString, member } from "../base/read"
import type { JSONObject } from "../base/read"
import type { EventID, MatrixEvent, UserID } from "../contract/events"
import type { SendingState, ThreadSummary, TimelineEvent } from "../contract/timeline"
import { redactionOf } from "../store/redact"
import type { Clear } from "./Clear"
import { Relations } from "./Relations"

/** What makes an event in a timeline, besides itself. */
export interface ViewContext {
  readonly me: UserID
  readonly key: string
  readonly id: EventID | undefined
  readonly sending: SendingState
  readonly relations: Relations | undefined
  readonly thread: ThreadSummary | undefined
  readonly mentionsMe: boolean
  /** A redaction that is still on its way. */
  readonly isBeingRedacted: boolean
  isHidden(id: EventID, sender: UserID): boolean
  mayRedact(userId: UserID): boolean
}

/** An event as timelines show it, with what was aggregated onto it. */
export function timelineEvent(event: MatrixEvent, clear: Clear, context: ViewContext): TimelineEvent {
  const redaction = redactionOf(event)
  const isRedacted = redaction !== undefined || context.isBeingRedacted
  const isState = event.state_key !== undefined
  const isEncrypted = event.type === "m.room.encrypted"
  const edit = isRedacted || isState ? undefined : context.relations?.edit(event.sender, isEncrypted)
  const relation = asObject(clear.content["m.relates_to"]) ?? asObject(event.content["m.relates_to"])
  let content: JSONObject = isRedacted && !isState ? {} : clear.content
  if (edit !== undefined) {
    content = { ...edit.entry.content }
    // "m.relates_to of the original is kept": an edit cannot move a message.
    if (relation === undefined) delete content["m.relates_to"]
    else content["m.relates_to"] = relation
  }
  const isInThread = relation?.["rel_type"] === "m.thread"
  const isFallback = isInThread && relation["is_falling_back"] === true
  return {
    key: context.key, id: context.id, sender: event.sender, timestamp: event.origin_server_ts, type: clear.type, stateKey: event.state_key, content,
    previousContent: asObject(event.unsigned?.["prev_content"]),
    edited: edit === undefined ? undefined : { timestamp: edit.entry.timestamp, eventId: edit.entry.id, count: edit.count },
    redacted: !isRedacted ? undefined : redaction === undefined
      ? { by: context.me, reason: undefined, timestamp: event.origin_server_ts }
      : {
        by: asString(redaction["sender"]) ?? event.sender, reason: asString(member(redaction, "content", "reason")),
        timestamp: asNumber(redaction["origin_server_ts"]) ?? event.origin_server_ts,
      },
    encryption: clear.encryption, sending: context.sending,
    reactions: isRedacted ? [] : context.relations?.reactionList(context.me, context.isHidden) ?? [],
    replyTo: isRedacted || isFallback ? undefined : asString(member(relation, "m.in_reply_to", "event_id")),
    threadRoot: isInThread ? asString(relation["event_id"]) : undefined,
    thread: context.thread,
    poll: isRedacted || !isPollStart(clear.type) ? undefined : (context.relations ?? new Relations()).poll(clear.content, event.sender, context.me, context.mayRedact),
    mentionsMe: context.mentionsMe && !isRedacted,
    source: { ...(event as unknown as JSONObject), ...(isEncrypted && clear.encryption.kind === "decrypted" && { decrypted: { type: clear.type, content: clear.content } }) },
  }
}

/** Whether a poll begins with this type. */
export function isPollStart(type: string): boolean {
  return type === "m.poll.start" || type === "org.matrix.msc3381.poll.start"
}

/** Whether events of this kind are never rows of a timeline of their own. */
export function isAggregated(event: MatrixEvent, clear: Clear): boolean {
  if (clear.type === "m.reaction" || clear.type === "m.room.redaction") return true
  if (/^(m|org\.matrix\.msc3381)\.poll\.(response|end)$/.test(clear.type)) return true
  const kind = member(clear.content, "m.relates_to", "rel_type") ?? member(event.content, "m.relates_to", "rel_type")
  return kind === "m.replace" && event.state_key === undefined
}

/** The thread that an event is in. */
export function threadOf(event: MatrixEvent, clear: Clear): EventID | undefined {
  for (const content of [clear.content, event.content]) {
    if (member(content, "m.relates_to", "rel_type") === "m.thread") return asString(member(content, "m.relates_to", "event_id"))
  }
  return undefined
}
