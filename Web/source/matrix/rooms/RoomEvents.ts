import { asBoolean, asNumber, asObject, asString, member } from "../base/read"
import type { EventID, MatrixEvent, UserID } from "../contract/events"
import type { SendingState, ThreadSummary, TimelineEvent } from "../contract/timeline"
import { redact } from "../store/redact"
import { targetOf } from "../store/history"
import { readEvent } from "../sync/readEvents"
import type { Clear } from "./Clear"
import { isEncrypted } from "./Decryptor"
import type { OutboxItem } from "./Outbox"
import { Relations } from "./Relations"
import type { SessionCore } from "./SessionCore"
import { isAggregated, isPollStart, threadOf, timelineEvent } from "./timelineEvent"

interface Item { raw: MatrixEvent; clear: Clear; view: TimelineEvent | undefined; mentionsMe: boolean | undefined }

/** What events need to know of their room. */
export interface EventsHost {
  readonly id: string
  mentions(event: MatrixEvent, clear: Clear): boolean
  mayRedact(userId: UserID): boolean
}

const received: SendingState = { kind: "received" }

/** The events of one room that are in memory, with everything that relates to them; shared by its timelines. */
export class RoomEvents {
  private readonly items = new Map<EventID, Item>()
  private readonly relations = new Map<EventID, Relations>()
  /** Of relations: what they relate to. */
  private readonly targets = new Map<EventID, EventID>()
  /** Keys of own events that were in a timeline before they had an ID. */
  private readonly keys = new Map<EventID, string>()
  private outbox: readonly OutboxItem[] = []
  private echoes = new Map<string, { item: OutboxItem; view: TimelineEvent }>()
  private redacting = new Set<EventID>()
  private readonly listeners = new Set<(changed: ReadonlySet<EventID>) => void>()
  private changed = new Set<EventID>()

  constructor(private readonly core: SessionCore, private readonly host: EventsHost) {}

  /** Told which events changed; also the outbox's, by key. */
  onChange(listener: (changed: ReadonlySet<EventID>) => void): () => void {
    this.listeners.add(listener)
    return () => {
      this.listeners.delete(listener)
    }
  }

  has(id: EventID): boolean {
    return this.items.has(id)
  }

  raw(id: EventID): MatrixEvent | undefined {
    return this.items.get(id)?.raw
  }

  /** Takes events over once they are decrypted, the oldest first. */
  async take(events: readonly MatrixEvent[]) {
    await Promise.all([...events, ...events.flatMap(bundled)].filter(isEncrypted).map((event) => this.core.decryptor.decrypt(this.host.id, event)))
    for (const event of events) this.add(event)
    this.tell()
  }

  /** Takes an event over whose decryption is known or can be waited for. */
  private add(event: MatrixEvent) {
    const id = event.event_id
    const known = this.items.get(id)
    if (known !== undefined) {
      if (event.unsigned?.["redacted_because"] !== undefined && known.raw.unsigned?.["redacted_because"] === undefined) this.replace(id, event)
      else if (event.unsigned?.["m.relations"] !== undefined) {
        this.addBundle(event)
        this.touch(id)
      }
      return
    }
    const clear = this.core.decryptor.now(event) ?? waiting(event)
    this.items.set(id, { raw: event, clear, view: undefined, mentionsMe: undefined })
    const transaction = asString(event.unsigned?.["transaction_id"])
    if (transaction !== undefined && event.sender === this.core.me && this.isEchoed(transaction)) this.keys.set(id, transaction)
    this.relate(event, clear)
    this.addBundle(event)
    if (event.type === "m.room.redaction") this.applyRedaction(event)
    this.touch(id)
  }

  private isEchoed(transaction: string): boolean {
    return this.echoes.has(transaction) || this.outbox.some((item) => item.record.key === transaction)
  }

  private relate(event: MatrixEvent, clear: Clear) {
    const target = asString(member(clear.content, "m.relates_to", "event_id")) ?? targetOf(event)
    if (target === "" || event.type === "m.room.redaction" || event.unsigned?.["redacted_because"] !== undefined) return
    if (!this.relationsOf(target).add(event, clear, this.core.me)) return
    this.targets.set(event.event_id, target)
    this.touch(target)
    // A thread's summary shows its newest reply.
    const root = threadOf(event, clear)
    if (root !== undefined) this.touch(root)
  }

  private addBundle(event: MatrixEvent) {
    const bundles = asObject(event.unsigned?.["m.relations"])
    if (bundles === undefined) return
    const edit = bundledEvent(event, "m.replace")
    if (edit !== undefined) {
      const clear = this.core.decryptor.now(edit)
      if (clear !== undefined) this.relationsOf(event.event_id).add(edit, clear, this.core.me)
      this.targets.set(edit.event_id, event.event_id)
    }
    const thread = asObject(bundles["m.thread"])
    if (thread !== undefined) {
      const latest = bundledEvent(event, "m.thread")
      this.relationsOf(event.event_id).threadBundle = {
        count: asNumber(thread["count"]) ?? 0, latest: latest?.event_id, timestamp: latest?.origin_server_ts ?? 0,
        participated: asBoolean(thread["current_user_participated"]) ?? false,
      }
      if (latest !== undefined && !this.items.has(latest.event_id)) this.add(latest)
    }
  }

  private applyRedaction(redaction: MatrixEvent) {
    const target = redaction.redacts ?? asString(redaction.content["redacts"])
    if (target === undefined) return
    const of = this.targets.get(target)
    if (of !== undefined) {
      this.relations.get(of)?.remove(target)
      this.targets.delete(target)
      this.touch(of)
    }
    const known = this.items.get(target)
    if (known !== undefined && known.raw.unsigned?.["redacted_because"] === undefined) this.replace(target, redact(known.raw, redaction))
  }

  private replace(id: EventID, raw: MatrixEvent) {
    const item = this.items.get(id)
    if (item === undefined) return
    item.raw = raw
    item.clear = { type: item.clear.type === "m.room.encrypted" ? raw.type : item.clear.type, content: raw.content, encryption: { kind: "none" } }
    this.touch(id)
  }

  /** Decrypts anew what keys came for. */
  async retry(ids: readonly EventID[]) {
    for (const id of ids) {
      const item = this.items.get(id)
      if (item === undefined) continue
      const clear = await this.core.decryptor.decrypt(this.host.id, item.raw)
      if (clear.encryption.kind === "undecryptable" && item.clear.encryption.kind === "undecryptable" && clear.encryption.reason === item.clear.encryption.reason) continue
      item.clear = clear
      item.mentionsMe = undefined
      this.relate(item.raw, clear)
      this.touch(id)
    }
    this.tell()
  }

  /** The event as timelines show it, with the same object until something about it changes. */
  view(id: EventID): TimelineEvent | undefined {
    const item = this.items.get(id)
    if (item === undefined) return this.echoes.get(id)?.view
    if (item.view !== undefined) return item.view
    item.mentionsMe ??= this.host.mentions(item.raw, item.clear)
    const key = this.keys.get(id) ?? id
    item.view = this.make(item.raw, item.clear, key, id, received, item.mentionsMe)
    return item.view
  }

  clearOf(id: EventID): Clear | undefined {
    return this.items.get(id)?.clear
  }

  /** Whether the event has no row in a timeline; `thread` is the root of the timeline's thread, if it is one. */
  isHidden(id: EventID, thread: EventID | undefined): boolean {
    const item = this.items.get(id)
    if (item === undefined) return true
    if (this.core.ignoredUsers.get().has(item.raw.sender) || isAggregated(item.raw, item.clear)) return true
    const root = threadOf(item.raw, item.clear)
    return thread === undefined ? root !== undefined && item.raw.state_key === undefined : root !== thread && id !== thread
  }

  /** All edits of an event by its sender, the oldest first. */
  edits(id: EventID): readonly MatrixEvent[] {
    const item = this.items.get(id)
    const edits = [...(this.relations.get(id)?.edits.values() ?? [])].filter((entry) => item === undefined || entry.sender === item.raw.sender)
    return edits.sort((a, b) => a.timestamp - b.timestamp).map((entry) => entry.raw)
  }

  /** Replies of a thread that are in memory, the oldest first. */
  replies(root: EventID): readonly EventID[] {
    const replies = [...(this.relations.get(root)?.replies ?? [])].filter(([id]) => this.items.has(id))
    return replies.sort((a, b) => a[1].timestamp - b[1].timestamp).map(([id]) => id)
  }

  /** Takes what waits to be sent over. */
  setOutbox(items: readonly OutboxItem[]) {
    const before = this.outbox
    this.outbox = items
    const now = new Map(items.map((item) => [item.record.key, item]))
    for (const old of before) {
      const next = now.get(old.record.key)
      if (next === old) continue
      if (next === undefined) this.endEcho(old)
    }
    const known = new Set(before)
    for (const item of items) if (!known.has(item)) this.beginEcho(item)
    this.tell()
  }

  /** Rows of the outbox for a timeline, in order. */
  waiting(thread: EventID | undefined): readonly TimelineEvent[] {
    const views: TimelineEvent[] = []
    for (const { item, view } of this.echoes.values()) {
      if (item.eventId !== undefined && this.items.has(item.eventId)) continue
      if (view.threadRoot === thread) views.push(view)
    }
    return views
  }

  private beginEcho(item: OutboxItem) {
    const { record } = item
    if (record.kind === "redaction") {
      if (record.target === undefined || item.state.kind === "failed") return
      this.redacting.add(record.target)
      this.touchRedacted(record.target)
      return
    }
    const raw = outgoing(item, this.core.me)
    const clear: Clear = { type: record.type, content: record.content, encryption: { kind: "none" }, isOutgoing: true }
    const target = targetOf(raw)
    if (target !== "" && !(item.eventId !== undefined && this.items.has(item.eventId))) {
      const isPending = item.eventId === undefined
      if (isPending || record.type === "m.reaction") {
        const id = item.eventId ?? record.key
        if (item.eventId !== undefined) this.relationsOf(target).remove(record.key)
        this.relationsOf(target).add({ ...raw, event_id: id }, clear, this.core.me, isPending)
        this.targets.set(id, target)
        this.touch(target)
      }
    }
    if (isAggregated(raw, clear)) return
    if (item.eventId !== undefined) this.keys.set(item.eventId, record.key)
    const view = this.make(raw, clear, record.key, item.eventId, item.state, false)
    this.echoes.set(record.key, { item, view })
    this.touch(record.key)
  }

  private endEcho(item: OutboxItem) {
    const { record } = item
    this.echoes.delete(record.key)
    this.touch(record.key)
    if (record.kind === "redaction" && record.target !== undefined) {
      this.redacting.delete(record.target)
      this.touchRedacted(record.target)
      return
    }
    const target = this.targets.get(record.key)
    if (target === undefined) return
    this.relations.get(target)?.remove(record.key)
    this.targets.delete(record.key)
    this.touch(target)
  }

  private touchRedacted(id: EventID) {
    this.touch(id)
    const target = this.targets.get(id)
    if (target !== undefined) this.touch(target)
  }

  private make(raw: MatrixEvent, clear: Clear, key: string, id: EventID | undefined, sending: SendingState, mentionsMe: boolean): TimelineEvent {
    const relations = id === undefined ? undefined : this.relations.get(id)
    return timelineEvent(raw, clear, {
      me: this.core.me, key, id, sending, relations, thread: this.thread(relations), mentionsMe,
      isBeingRedacted: id !== undefined && this.redacting.has(id),
      isHidden: (relation, sender) => this.redacting.has(relation) || this.core.ignoredUsers.get().has(sender),
      mayRedact: (userId) => this.host.mayRedact(userId),
    })
  }

  private thread(relations: Relations | undefined): ThreadSummary | undefined {
    if (relations === undefined || (relations.threadBundle === undefined && relations.replies.size === 0)) return undefined
    const bundle = relations.threadBundle
    let later = 0
    let participated = bundle?.participated ?? false
    let latest = bundle?.latest
    let latestTime = bundle?.timestamp ?? 0
    let known = 0
    for (const [id, reply] of relations.replies) {
      if (reply.isPending || this.redacting.has(id)) continue
      known += 1
      participated ||= reply.isMine
      if (reply.timestamp > (bundle?.timestamp ?? 0) && id !== bundle?.latest) later += 1
      if (reply.timestamp >= latestTime && this.items.has(id)) {
        latest = id
        latestTime = reply.timestamp
      }
    }
    const count = Math.max((bundle?.count ?? 0) + (bundle === undefined ? 0 : later), known)
    return count === 0 ? undefined : { count, latest: latest === undefined ? undefined : this.view(latest), participated }
  }

  private relationsOf(id: EventID): Relations {
    let relations = this.relations.get(id)
    if (relations === undefined) this.relations.set(id, (relations = new Relations()))
    return relations
  }

  /** Polls among these whose votes may lie elsewhere. */
  polls(ids: readonly EventID[]): readonly EventID[] {
    return ids.filter((id) => {
      const item = this.items.get(id)
      return item !== undefined && isPollStart(item.clear.type)
    })
  }

  /** Everything is to be looked at anew: whom one ignores, or one's rights, changed. */
  touchAll() {
    for (const id of this.items.keys()) this.touch(id)
    this.tell()
  }

  private touch(id: EventID) {
    const item = this.items.get(id)
    if (item !== undefined) item.view = undefined
    this.changed.add(id)
    const target = this.targets.get(id)
    // The newest reply is part of what its root shows.
    if (target !== undefined && target !== id && this.relations.get(target)?.replies.has(id) === true) {
      const root = this.items.get(target)
      if (root !== undefined) root.view = undefined
      this.changed.add(target)
    }
  }

  private tell() {
    if (this.changed.size === 0) return
    const changed = this.changed
    this.changed = new Set()
    for (const listener of [...this.listeners]) listener(changed)
  }
}

function waiting(event: MatrixEvent): Clear {
  return { type: event.type, content: event.content, encryption: { kind: "undecryptable", reason: "waiting", detail: "" } }
}

function bundledEvent(event: MatrixEvent, kind: "m.replace" | "m.thread"): MatrixEvent | undefined {
  const bundle = member(event.unsigned, "m.relations", kind)
  return readEvent(kind === "m.thread" ? member(bundle, "latest_event") : bundle)
}

function bundled(event: MatrixEvent): MatrixEvent[] {
  return [bundledEvent(event, "m.replace"), bundledEvent(event, "m.thread")].filter((one): one is MatrixEvent => one !== undefined)
}

function outgoing(item: OutboxItem, me: UserID): MatrixEvent {
  const { record } = item
  return { event_id: item.eventId ?? record.key, type: record.type, sender: me, origin_server_ts: record.timestamp, content: record.content }
}
