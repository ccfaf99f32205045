import { backoff } from "../base/backoff"
import { batch, Value } from "../base/observable"
import { isTransactionID } from "../base/identifiers"
import { path } from "../base/path"
import { asObject, asString, member } from "../base/read"
import type { JSONObject } from "../base/read"
import { isTemporary } from "../api/ClientAPI"
import type { ClientAPI } from "../api/ClientAPI"
import type { Encryption } from "../contract/encryption"
import type { EventID, RoomID } from "../contract/events"
import type { Platform, Transaction } from "../contract/platform"
import { MatrixError } from "../contract/session"
import type { MediaSource } from "../contract/session"
import type { SendingState } from "../contract/timeline"
import type { OutboxRecord } from "../store/records"
import { uploadFiles } from "./uploadFiles"

/** One thing that waits to be sent. Immutable. */
export interface OutboxItem {
  readonly record: OutboxRecord
  readonly state: SendingState
  /** Where it was sent, until the sync brings it back. */
  readonly eventId: EventID | undefined
}

/** What the outbox asks of the session. */
export interface OutboxHost {
  readonly platform: Platform
  readonly api: ClientAPI
  readonly userId: string
  readonly media: MediaSource
  encryption(): Encryption
  isEncrypted(room: RoomID): boolean
  transaction<R>(stores: readonly string[], mode: "read" | "write", work: (transaction: Transaction) => Promise<R>): Promise<R>
  /** Tells the other tabs. */
  post(message: OutboxMessage): void
}

/** What tabs tell each other. */
export type OutboxMessage =
  | { readonly kind: "outbox-changed" }
  | { readonly kind: "outbox-retry" }
  | { readonly kind: "outbox-cancelled"; readonly key: string }
  | { readonly kind: "outbox-state"; readonly key: string; readonly state: SendingState; readonly eventId: EventID | undefined }

const stores = ["outbox"] as const

/** What waits to be sent: kept in the store, sent in the order of each room, each exactly once, by one tab at a time. */
export class Outbox {
  private readonly items = new Map<string, OutboxItem>()
  private readonly listeners = new Set<(room: RoomID) => void>()
  readonly entries = new Value<readonly OutboxItem[]>([])
  private readonly sent = new Map<string, EventID>()
  private readonly uploads = new Map<string, AbortController>()
  private readonly stopped = new AbortController()
  private running: Promise<void> | undefined
  private isWanted = false
  private wakeUp: (() => void) | undefined
  private readonly active = new Map<RoomID, Promise<void>>()
  private retryNow = new AbortController()
  private lastOrder = 0

  constructor(private readonly host: OutboxHost) {
    host.platform.network.subscribe(() => {
      if (host.platform.network.isOnline()) this.hurry()
    })
  }

  /** Reads what was left from before, and begins to send it. */
  async load() {
    await this.reload()
    if (this.items.size > 0) this.flush()
  }

  onChange(listener: (room: RoomID) => void): () => void {
    this.listeners.add(listener)
    return () => {
      this.listeners.delete(listener)
    }
  }

  of(room: RoomID): readonly OutboxItem[] {
    return [...this.items.values()].filter((item) => item.record.room === room).sort((a, b) => a.record.order - b.record.order)
  }

  /** A place in the order after all before. */
  nextOrder(): number {
    this.lastOrder = Math.max(this.lastOrder + 1, this.host.platform.clock.now() * 1_000)
    return this.lastOrder
  }

  /** Shows the entry at once, keeps it, then sends it. */
  add(record: OutboxRecord) {
    this.change(record.key, { record, state: { kind: "queued" }, eventId: undefined })
    const write = async () => {
      await this.host.transaction(stores, "write", async (transaction) => transaction.put("outbox", record))
      this.host.post({ kind: "outbox-changed" })
      this.flush()
    }
    write().catch((error: unknown) => {
      this.change(record.key, { record, state: { kind: "failed", message: text(error), isFinal: true }, eventId: undefined })
    })
  }

  /** The sync brought an own event: its entry is done. */
  arrived(key: string) {
    const item = this.items.get(key)
    if (item === undefined) return
    this.change(key, undefined)
    void this.host.transaction(stores, "write", async (transaction) => transaction.delete("outbox", key)).catch((error: unknown) => this.report(error))
  }

  /** After a hole in the history what was sent may lie in it. */
  forgetSent(room: RoomID) {
    for (const item of this.of(room)) if (item.eventId !== undefined) this.change(item.record.key, undefined)
  }

  retry(key: string) {
    const item = this.items.get(key)
    if (item === undefined) return
    const record: { -readonly [K in keyof OutboxRecord]: OutboxRecord[K] } = { ...item.record }
    delete record.failure
    this.change(key, { record, state: { kind: "queued" }, eventId: item.eventId })
    const write = async () => {
      await this.host.transaction(stores, "write", async (transaction) => {
        if ((await transaction.get("outbox", key)) !== undefined || item.state.kind === "failed") transaction.put("outbox", record)
      })
      this.host.post({ kind: "outbox-retry" })
      this.hurry()
      this.flush()
    }
    write().catch((error: unknown) => this.report(error))
  }

  cancel(key: string) {
    const item = this.items.get(key)
    if (item === undefined || item.eventId !== undefined) return
    this.uploads.get(key)?.abort()
    this.change(key, undefined)
    this.host.transaction(stores, "write", async (transaction) => transaction.delete("outbox", key)).catch((error: unknown) => this.report(error))
    this.host.post({ kind: "outbox-cancelled", key })
  }

  /** What another tab tells. */
  receive(message: OutboxMessage) {
    switch (message.kind) {
      case "outbox-changed":
        void this.reload().then(() => this.flush())
        break
      case "outbox-retry":
        void this.reload().then(() => {
          this.hurry()
          this.flush()
        })
        break
      case "outbox-cancelled":
        this.uploads.get(message.key)?.abort()
        this.change(message.key, undefined)
        break
      case "outbox-state": {
        const item = this.items.get(message.key)
        if (message.eventId !== undefined) this.sent.set(message.key, message.eventId)
        if (item !== undefined) this.change(message.key, { ...item, state: message.state, eventId: message.eventId })
      }
    }
  }

  /** Where an entry was sent. */
  sentAs(key: string): EventID | undefined {
    return this.sent.get(key)
  }

  /** Sends what waits, unless another tab does. */
  flush() {
    this.isWanted = true
    this.wakeUp?.()
    if (this.running !== undefined || this.stopped.signal.aborted) return
    this.running = this.host.platform.locks.run(`martlet:outbox:${this.host.userId}`, () => this.run(), this.stopped.signal)
      .catch((error: unknown) => {
        if (!this.stopped.signal.aborted) this.report(error)
      })
      .finally(() => {
        this.running = undefined
        if (this.isWanted && !this.stopped.signal.aborted) this.flush()
      })
  }

  async stop() {
    this.stopped.abort()
    this.hurry()
    await this.running
  }

  /** Ends the waiting before the next try. */
  private hurry() {
    this.retryNow.abort()
    this.retryNow = new AbortController()
  }

  private async run() {
    while (!this.stopped.signal.aborted) {
      if (this.isWanted) {
        this.isWanted = false
        const records = await this.host.transaction(stores, "read", (transaction) => transaction.list<OutboxRecord>("outbox"))
        for (const room of new Set(records.filter((record) => record.failure?.isFinal !== true).map((record) => record.room))) {
          if (this.active.has(room)) continue
          const sending = this.sendRoom(room).finally(() => this.active.delete(room))
          this.active.set(room, sending)
        }
      }
      if (this.active.size === 0 && !this.isWanted) return
      if (this.isWanted) continue
      const wake = new Promise<void>((resolve) => {
        this.wakeUp = resolve
      })
      await Promise.race([wake, ...this.active.values()])
      // A room that ended while entries came is looked at again.
    }
  }

  private async sendRoom(room: RoomID) {
    for (let attempt = 0; !this.stopped.signal.aborted;) {
      const record = await this.next(room)
      if (record === undefined) return
      try {
        await this.send(record)
        attempt = 0
      } catch (error) {
        if (!this.items.has(record.key)) continue
        if (this.stopped.signal.aborted) return
        if (isTemporary(error)) {
          this.announceState(record.key, { kind: "queued" }, undefined)
          attempt += 1
          await this.wait(backoff(attempt))
          continue
        }
        await this.refuse(record, error)
      }
    }
  }

  private async next(room: RoomID): Promise<OutboxRecord | undefined> {
    const records = await this.host.transaction(stores, "read", (transaction) =>
      transaction.list<OutboxRecord>("outbox", { index: "room", range: { lower: [room, 0], upper: [room, Infinity] } }))
    return records.find((record) => record.failure?.isFinal !== true)
  }

  private async wait(milliseconds: number) {
    const signal = this.retryNow.signal
    try {
      await this.host.platform.clock.sleep(milliseconds, signal)
    } catch {
      // Woken up: try at once.
    }
  }

  private async refuse(record: OutboxRecord, error: unknown) {
    const failure = { message: text(error), isFinal: true }
    await this.host.transaction(stores, "write", async (transaction) => {
      if ((await transaction.get("outbox", record.key)) !== undefined) transaction.put("outbox", { ...record, failure })
    })
    const item = this.items.get(record.key)
    if (item !== undefined) this.change(record.key, { ...item, record: { ...record, failure } })
    this.announceState(record.key, { kind: "failed", ...failure }, undefined)
  }

  private async send(record: OutboxRecord) {
    this.announceState(record.key, { kind: "sending", progress: record.kind === "file" ? 0 : undefined }, undefined)
    const eventId = record.kind === "redaction" ? await this.sendRedaction(record) : await this.sendEvent(await this.uploaded(record))
    this.sent.set(record.key, eventId)
    await this.host.transaction(stores, "write", async (transaction) => transaction.delete("outbox", record.key))
    if (record.kind === "redaction") {
      // Shown as gone until the sync brings the redaction; then it is gone for good.
      this.announceState(record.key, { kind: "received" }, eventId)
      return
    }
    this.announceState(record.key, { kind: "received" }, eventId)
  }

  private async sendRedaction(record: OutboxRecord): Promise<EventID> {
    const target = this.resolved(record.target ?? "")
    const answer = await this.host.api.put(path`/_matrix/client/v3/rooms/${record.room}/redact/${target}/${record.key}`, record.content)
    return asString(answer["event_id"]) ?? record.key
  }

  private async sendEvent(record: OutboxRecord): Promise<EventID> {
    let { type, content } = record
    const relation = asObject(content["m.relates_to"])
    if (relation !== undefined) content = { ...content, "m.relates_to": this.resolvedRelation(relation) }
    // Reactions stay readable, so that servers can count them.
    if (type !== "m.reaction" && this.host.isEncrypted(record.room)) {
      const clearRelation = content["m.relates_to"]
      content = await this.host.encryption().encrypt(record.room, type, content)
      if (clearRelation !== undefined && content["m.relates_to"] === undefined) content = { ...content, "m.relates_to": clearRelation }
      type = "m.room.encrypted"
    }
    const answer = await this.host.api.put(path`/_matrix/client/v3/rooms/${record.room}/send/${type}/${record.key}`, content)
    const id = asString(answer["event_id"])
    if (id === undefined) throw new MatrixError("M_UNKNOWN", "The server gave no event ID.", 200)
    return id
  }

  /** The entry with its files on the server. */
  private async uploaded(record: OutboxRecord): Promise<OutboxRecord> {
    if (record.kind !== "file") return record
    if (record.uploaded !== undefined) return { ...record, content: record.uploaded }
    const end = new AbortController()
    this.uploads.set(record.key, end)
    try {
      let shown = 0
      const content = await uploadFiles(record, {
        media: this.host.media, encryption: this.host.isEncrypted(record.room) ? this.host.encryption() : undefined, signal: end.signal,
        onProgress: (fraction) => {
          if (fraction - shown < 0.01 && fraction < 1) return
          shown = fraction
          this.announceState(record.key, { kind: "sending", progress: fraction }, undefined)
        },
      })
      const next: OutboxRecord = { ...record, uploaded: content }
      await this.host.transaction(stores, "write", async (transaction) => {
        if ((await transaction.get("outbox", record.key)) !== undefined) transaction.put("outbox", next)
      })
      return { ...next, content }
    } finally {
      this.uploads.delete(record.key)
    }
  }

  private resolvedRelation(relation: JSONObject): JSONObject {
    const next: JSONObject = { ...relation }
    const target = asString(relation["event_id"])
    if (target !== undefined) next["event_id"] = this.resolved(target)
    const answered = asString(member(relation, "m.in_reply_to", "event_id"))
    if (answered !== undefined) next["m.in_reply_to"] = { event_id: this.resolved(answered) }
    return next
  }

  /** The event ID of what was still in the outbox when it was referred to. */
  private resolved(target: string): EventID {
    if (!isTransactionID(target)) return target
    const id = this.sent.get(target)
    if (id === undefined) throw new MatrixError("M_NOT_FOUND", "The message this belongs to was not sent.", 0)
    return id
  }

  private announceState(key: string, state: SendingState, eventId: EventID | undefined) {
    const item = this.items.get(key)
    if (item !== undefined) this.change(key, { ...item, state, eventId })
    this.host.post({ kind: "outbox-state", key, state, eventId })
  }

  private async reload() {
    const records = await this.host.transaction(stores, "read", (transaction) => transaction.list<OutboxRecord>("outbox"))
    for (const record of records) {
      this.lastOrder = Math.max(this.lastOrder, record.order)
      const known = this.items.get(record.key)
      if (known !== undefined && (known.record.failure === undefined) === (record.failure === undefined)) continue
      const state: SendingState = record.failure === undefined ? { kind: "queued" } : { kind: "failed", ...record.failure }
      this.change(record.key, { record, state, eventId: undefined })
    }
  }

  private change(key: string, item: OutboxItem | undefined) {
    const before = this.items.get(key)
    if (item === undefined) this.items.delete(key)
    else this.items.set(key, item)
    const room = (item ?? before)?.record.room
    if (room === undefined) return
    batch(() => {
      this.entries.set([...this.items.values()].filter((one) => one.eventId === undefined).sort((a, b) => a.record.order - b.record.order))
      for (const listener of [...this.listeners]) listener(room)
    })
  }

  private report(error: unknown) {
    this.host.platform.log("error", "the outbox failed", { error: text(error) })
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
