import { asObject, asStrings, member } from "../base/read"
import type { JSONObject } from "../base/read"
import type { EventID, RoomID } from "../contract/events"
import type { OutgoingFile, SendOptions } from "../contract/room"
import type { TimelineEvent } from "../contract/timeline"
import type { OutboxRecord } from "../store/records"
import type { SessionCore } from "./SessionCore"

/** What sending asks of the room. */
export interface SenderHost {
  readonly id: RoomID
  view(id: EventID): TimelineEvent | undefined
  /** Known replies of a thread, the oldest first. */
  replies(root: EventID): readonly EventID[]
}

/** Puts what a person sends in a room into the outbox. */
export class RoomSender {
  constructor(private readonly core: SessionCore, private readonly host: SenderHost) {}

  send(type: string, content: JSONObject, options: SendOptions): string {
    return this.put({ kind: "event", type, content: this.related(content, options) })
  }

  sendFile(file: OutgoingFile, content: JSONObject, options: SendOptions): string {
    const info: JSONObject = { ...file.info, mimetype: file.mimeType, size: file.blob.size }
    return this.put({
      kind: "file", type: "m.room.message", content: this.related({ ...content, info: { ...info, ...asObject(content["info"]) } }, options), file: file.blob,
      fileName: file.name, mimeType: file.mimeType, ...(file.thumbnail && { thumbnail: file.thumbnail.blob, thumbnailInfo: file.thumbnail.info }),
    })
  }

  edit(id: EventID, newContent: JSONObject): string {
    const original = this.host.view(id)
    const type = original?.type !== undefined && original.type !== "m.room.encrypted" ? original.type : "m.room.message"
    const fallback: JSONObject = { ...newContent }
    if (typeof newContent["body"] === "string") fallback["body"] = `* ${newContent["body"]}`
    if (typeof newContent["formatted_body"] === "string") fallback["formatted_body"] = `* ${newContent["formatted_body"]}`
    // Who was mentioned before is not told again.
    const before = new Set(asStrings(member(original?.content, "m.mentions", "user_ids")))
    const now = asStrings(member(newContent, "m.mentions", "user_ids"))
    if (newContent["m.mentions"] !== undefined) fallback["m.mentions"] = { user_ids: now.filter((userId) => !before.has(userId)) }
    return this.put({ kind: "event", type, content: { ...fallback, "m.new_content": newContent, "m.relates_to": { rel_type: "m.replace", event_id: id } } })
  }

  react(id: EventID, key: string, shortcode: string | undefined): string {
    const content: JSONObject = { "m.relates_to": { rel_type: "m.annotation", event_id: id, key } }
    if (shortcode !== undefined) content["shortcode"] = shortcode
    return this.put({ kind: "event", type: "m.reaction", content })
  }

  /** Resolves when the server has it; what was not sent yet is only taken out of the outbox. */
  redact(id: EventID, reason: string | undefined): Promise<void> {
    const { outbox } = this.core
    if (outbox.of(this.host.id).some((item) => item.record.key === id && item.eventId === undefined)) {
      outbox.cancel(id)
      return Promise.resolve()
    }
    const key = this.put({ kind: "redaction", type: "m.room.redaction", content: reason === undefined ? {} : { reason }, target: id })
    return new Promise((resolve, reject) => {
      const end = outbox.onChange((room) => {
        if (room !== this.host.id) return
        const item = outbox.of(room).find((one) => one.record.key === key)
        if (item?.state.kind === "failed") {
          end()
          outbox.cancel(key)
          reject(new Error(item.state.message))
        } else if (item === undefined || item.eventId !== undefined) {
          end()
          resolve()
        }
      })
    })
  }

  private put(record: Omit<OutboxRecord, "key" | "room" | "order" | "timestamp" | "attempts">): string {
    const { outbox, platform } = this.core
    const key = this.core.newTransactionID()
    outbox.add({ ...record, key, room: this.host.id, order: outbox.nextOrder(), timestamp: platform.clock.now(), attempts: 0 })
    return key
  }

  private related(content: JSONObject, { replyTo, threadRoot }: SendOptions): JSONObject {
    if (threadRoot !== undefined) {
      const replies = this.host.replies(threadRoot)
      // "is_falling_back": clients without threads see an answer to what was last.
      const answered = replyTo ?? replies[replies.length - 1] ?? threadRoot
      const relation = { rel_type: "m.thread", event_id: threadRoot, is_falling_back: replyTo === undefined, "m.in_reply_to": { event_id: answered } }
      return { ...content, "m.relates_to": relation }
    }
    return replyTo === undefined ? content : { ...content, "m.relates_to": { "m.in_reply_to": { event_id: replyTo } } }
  }
}
