import { batch } from "../base/observable"
import type { EventID, MatrixEvent, RoomID } from "../contract/events"
import type { RoomRecord, SettingRecord } from "../store/records"
import { updateStores, writeRooms } from "../store/writeUpdate"
import type { RoomChange } from "../store/writeUpdate"
import { SyncLoop } from "../sync/SyncLoop"
import type { SyncPosition } from "../sync/SyncLoop"
import type { SyncUpdate } from "../sync/SyncUpdate"
import { threadOf } from "../rooms/timelineEvent"
import type { ClientSession } from "./ClientSession"

/** Syncs while this tab holds the lock; else another tab does and tells. */
export class SyncRunner {
  private readonly stopped = new AbortController()
  private loop: SyncLoop | undefined
  private running: Promise<void> | undefined
  private run = new AbortController()
  private interruption: ReturnType<typeof setTimeout> | undefined
  private encryptionFailures = 0
  /** Whether this tab is the one that syncs. */
  isLeading = false

  constructor(private readonly session: ClientSession) {}

  start() {
    if (this.running !== undefined) return
    const { platform, userId } = this.session
    this.running = platform.locks.run(`martlet:sync:${userId}`, () => this.lead(), this.stopped.signal).catch((error: unknown) => {
      if (!this.stopped.signal.aborted) platform.log("error", "the sync ended", { error: String(error) })
    })
  }

  async stop() {
    clearTimeout(this.interruption)
    this.stopped.abort()
    this.run.abort()
    await this.running
  }

  /** What is wanted changed; several changes in a row are one. */
  interrupt() {
    clearTimeout(this.interruption)
    this.interruption = setTimeout(() => this.loop?.interrupt(), 15)
  }

  /** No more requests, though the session stays open. */
  end() {
    this.stopped.abort()
    this.run.abort()
  }

  /** Begins anew from what the store has. */
  restart() {
    this.run.abort()
  }

  private async lead() {
    this.isLeading = true
    const { session } = this
    const end = session.status.subscribe(() => session.link.post({ kind: "status", status: session.status.get() }))
    try {
      session.link.post({ kind: "hello" })
      while (!this.stopped.signal.aborted && session.status.get().kind !== "signed-out") {
        this.run = new AbortController()
        this.loop = new SyncLoop({
          platform: session.platform, api: session.api, me: session.userId, status: session.status,
          position: () => this.position(), interests: () => session.link.interests(), presence: () => session.presenceState,
          received: (update, position) => this.received(update, position), listed: (rooms) => this.listed(rooms),
        })
        await this.loop.run(this.run.signal)
      }
    } finally {
      this.isLeading = false
      end()
    }
  }

  private async position(): Promise<SyncPosition | undefined> {
    const record = await this.session.transaction(["settings"], "read", (transaction) => transaction.get<SettingRecord>("settings", "sync"))
    // Only this wrote it.
    return record?.value as SyncPosition | undefined
  }

  private async received(update: SyncUpdate, position: SyncPosition) {
    const { session } = this
    // Keys first, so that what they are for can be read at once; handled again after a failure, which encryption recognizes.
    await this.handToEncryption(update)
    const before = new Map(update.rooms.map((room) => [room.id, session.model(room.id)?.record.membership]))
    const rooms = await session.transaction(updateStores, "write", async (transaction) => {
      const changes = await writeRooms(transaction, update, session.userId)
      for (const { type, content } of update.accountData) transaction.put("accountData", { type, content })
      transaction.put<SettingRecord>("settings", { key: "sync", value: position })
      transaction.put<SettingRecord>("settings", { key: "kept", value: true })
      return changes
    })
    session.link.post({ kind: "update", rooms, accountData: update.accountData, presence: update.presence })
    session.applyChanges(rooms, update.accountData, update.presence)
    void this.notify(rooms, before, update).catch((error: unknown) => session.platform.log("warning", "notifying failed", { error: String(error) }))
    void session.encryption.flush().catch((error: unknown) => session.platform.log("warning", "encryption's requests failed", { error: String(error) }))
  }

  private async handToEncryption(update: SyncUpdate) {
    try {
      await this.session.encryption.receiveSync({
        toDevice: update.toDevice, deviceListsChanged: update.deviceListsChanged, deviceListsLeft: update.deviceListsLeft,
        oneTimeKeyCounts: update.oneTimeKeyCounts, unusedFallbackKeys: update.unusedFallbackKeys,
      })
      this.encryptionFailures = 0
    } catch (error) {
      // Tried again a few times, as nothing of it may be lost; but rooms must not stand still for ever.
      this.encryptionFailures += 1
      if (this.encryptionFailures < 4) throw error
      this.session.platform.log("error", "encryption could not take a sync over", { error: String(error) })
      this.encryptionFailures = 0
    }
  }

  /** What the rules say of the news: notifications, and counts that only this client can make. */
  private async notify(rooms: readonly RoomChange[], before: ReadonlyMap<RoomID, string | undefined>, update: SyncUpdate) {
    const { session } = this
    const hasThreadCounts = new Map(update.rooms.map((room) => [room.id, room.threads !== undefined]))
    for (const change of rooms) {
      const room = session.model(change.record.id)
      if (room === undefined) continue
      if (change.record.membership === "invite" && before.get(room.id) !== "invite") this.notifyInvite(change)
      // What comes with a room that was just joined is no news.
      if (change.record.membership !== "join" || before.get(room.id) !== "join" || change.liveCount === 0) continue
      const highlights: EventID[] = []
      const threads = new Map<EventID, { notifications: number; highlights: number }>()
      for (const event of change.added.slice(-change.liveCount)) {
        if (event.sender === session.userId || session.ignoredUsers.get().has(event.sender)) continue
        const clear = await session.decryptor.decrypt(room.id, event)
        await room.data.loadStoredState()
        const verdict = room.verdict(event, clear)
        if (!verdict.notifies) continue
        const root = threadOf(event, clear)
        if (root !== undefined && hasThreadCounts.get(room.id) !== true) {
          const counts = threads.get(root) ?? { notifications: 0, highlights: 0 }
          threads.set(root, { notifications: counts.notifications + 1, highlights: counts.highlights + (verdict.isHighlight ? 1 : 0) })
        }
        if (verdict.isHighlight && root === undefined && event.type === "m.room.encrypted" && room.record.isUnread) highlights.push(event.event_id)
        session.notify({ room: room.id, event: room.viewOf(event, clear, verdict.isHighlight), isHighlight: verdict.isHighlight, sound: verdict.sound })
      }
      if (highlights.length > 0 || threads.size > 0) await room.changeRecord(async (record) => withCounts(record, highlights, threads))
    }
  }

  private notifyInvite(change: RoomChange) {
    const { session } = this
    const room = session.model(change.record.id)
    const inviter = change.record.inviter
    if (room === undefined || inviter === undefined || session.ignoredUsers.get().has(inviter)) return
    const event: MatrixEvent = {
      event_id: `$invite-${change.record.id}`, type: "m.room.member", sender: inviter, state_key: session.userId, origin_server_ts: session.platform.clock.now(),
      content: { membership: "invite", is_direct: change.record.isInvitedDirect },
    }
    const clear = { type: event.type, content: event.content, encryption: { kind: "none" } as const }
    const verdict = room.verdict(event, clear)
    if (verdict.notifies) session.notify({ room: room.id, event: room.viewOf(event, clear, false), isHighlight: verdict.isHighlight, sound: verdict.sound })
  }

  /** Rooms that are in the store, but no longer in the complete list, were left elsewhere. */
  private async listed(rooms: ReadonlySet<RoomID>) {
    const gone = [...this.session.allModels()].filter((room) => !rooms.has(room.id) && room.record.membership !== "leave" && room.record.membership !== "ban")
    if (gone.length === 0) return
    const records = await this.session.transaction(["rooms"], "write", async (transaction) => {
      const left: RoomRecord[] = []
      for (const room of gone) {
        const record = (await transaction.get<RoomRecord>("rooms", room.id)) ?? room.record
        const next: RoomRecord = { ...record, membership: "leave", isUnread: false, notifications: 0, highlights: 0, localHighlights: [] }
        transaction.put<RoomRecord>("rooms", next)
        left.push(next)
      }
      return left
    })
    batch(() => records.forEach((record) => this.session.model(record.id)?.setRecord(record)))
    this.session.link.post({ kind: "records", records })
  }
}

function withCounts(record: RoomRecord, highlights: readonly EventID[], threads: ReadonlyMap<EventID, { notifications: number; highlights: number }>): RoomRecord {
  const next = { ...record.threads }
  for (const [root, counts] of threads) {
    const known = next[root] ?? { notifications: 0, highlights: 0 }
    next[root] = { notifications: known.notifications + counts.notifications, highlights: known.highlights + counts.highlights }
  }
  return { ...record, threads: next, localHighlights: [...record.localHighlights, ...highlights].slice(-100) }
}
