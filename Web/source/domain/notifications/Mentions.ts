import { Value } from "../../matrix/base/observable"
import { asArray, asNumber, asObject, asString, member, type JSONValue } from "../../matrix/base/read"
import type { EventID, RoomID, UserID } from "../../matrix/contract/events"
import { MatrixError, type IncomingNotification, type Session } from "../../matrix/contract/session"
import { gist, type Gist } from "./gist"

/** A message that called this account. */
export interface Mention {
  readonly room: RoomID
  readonly eventId: EventID
  readonly sender: UserID
  readonly timestamp: number
  readonly threadRoot: EventID | undefined
  readonly gist: Gist
  /** As the server said when it was asked; rooms that were read since are known by their own counts. */
  readonly wasRead: boolean
}

export interface MentionsState {
  readonly kind: "idle" | "loading" | "loaded" | "failed"
  readonly mentions: readonly Mention[]
  readonly hasMore: boolean
  readonly error: MatrixError | undefined
}

const pageSize = 30
/** More than this many are not kept; whoever wants older ones searches. */
const limit = 500

/** The mentions of an account: what the server keeps, and those that come while the client runs (also from encrypted rooms). */
export class Mentions {
  readonly state = new Value<MentionsState>({ kind: "idle", mentions: [], hasMore: false, error: undefined })
  private next: string | undefined
  private running: Promise<void> | undefined

  constructor(private readonly session: Pick<Session, "api">) {}

  load(): Promise<void> {
    this.next = undefined
    return this.page()
  }

  more(): Promise<void> {
    return this.state.get().hasMore ? this.page() : Promise.resolve()
  }

  /** Takes note of a notification that came in just now. */
  receive(notification: IncomingNotification) {
    const { event, room } = notification
    if (!notification.isHighlight || event.id === undefined) return
    this.put([{ room, eventId: event.id, sender: event.sender, timestamp: event.timestamp, threadRoot: event.threadRoot, gist: gist(event), wasRead: false }], {})
  }

  private page(): Promise<void> {
    this.running ??= this.ask().finally(() => {
      this.running = undefined
    })
    return this.running
  }

  private async ask(): Promise<void> {
    this.state.update((state) => ({ ...state, kind: "loading", error: undefined }))
    try {
      const answer = await this.session.api.get("/_matrix/client/v3/notifications", { only: "highlight", limit: pageSize, from: this.next })
      this.next = asString(answer.next_token)
      this.put(asArray(answer.notifications).flatMap(mention), { kind: "loaded", hasMore: this.next !== undefined })
    } catch (error) {
      this.state.update((state) => ({ ...state, kind: "failed", error: error instanceof MatrixError ? error : new MatrixError("NETWORK", String(error), 0) }))
    }
  }

  private put(mentions: readonly Mention[], part: Partial<MentionsState>) {
    this.state.update((state) => {
      const all = new Map(state.mentions.map((one) => [one.eventId, one]))
      for (const one of mentions) {
        const known = all.get(one.eventId)
        // What came decrypted says more than the server can.
        all.set(one.eventId, known !== undefined && known.gist.kind !== "undecryptable" ? { ...known, wasRead: one.wasRead } : one)
      }
      const sorted = [...all.values()].sort((a, b) => b.timestamp - a.timestamp)
      return { ...state, ...part, mentions: sorted.slice(0, limit), hasMore: sorted.length < limit && (part.hasMore ?? state.hasMore) }
    })
  }
}

function mention(item: JSONValue): Mention[] {
  const room = asString(member(item, "room_id"))
  const event = asObject(member(item, "event"))
  const eventId = asString(event?.event_id)
  const sender = asString(event?.sender)
  if (room === undefined || event === undefined || eventId === undefined || sender === undefined) return []
  const relation = asObject(member(event, "content", "m.relates_to"))
  const type = asString(event.type) ?? ""
  return [{
    room, eventId, sender, timestamp: asNumber(member(item, "ts")) ?? asNumber(event.origin_server_ts) ?? 0,
    threadRoot: relation?.rel_type === "m.thread" ? asString(relation.event_id) : undefined, wasRead: member(item, "read") === true,
    gist: gist({
      type, content: asObject(event.content) ?? {}, replyTo: asString(member(relation, "m.in_reply_to", "event_id")),
      redacted: asObject(member(event, "unsigned", "redacted_because")), encryption: { kind: type === "m.room.encrypted" ? "undecryptable" : "none" },
    }),
  }]
}
