import { member } from "../base/read"
import { MartletType } from "../contract/events"
import type { EventID } from "../contract/events"
import { isTransactionID } from "../base/identifiers"
import type { RoomRecord } from "../store/records"
import { isBeforeReceipt } from "../store/writeUpdate"
import type { RoomCalls } from "./roomCalls"
import type { SessionCore } from "./SessionCore"

const delay = 400

/** Marks a room or a thread as read: here at once, on the server a moment later, several in a row as one. */
export class ReadMarker {
  private pending: { timer: ReturnType<typeof setTimeout>; waiting: { resolve(): void; reject(error: unknown): void }[] } | undefined

  constructor(
    private readonly core: SessionCore, private readonly calls: RoomCalls,
    private readonly changeRecord: (change: (record: RoomRecord) => Promise<RoomRecord>) => Promise<void>,
  ) {}

  async room(record: RoomRecord, upTo: EventID | undefined): Promise<void> {
    const event = upTo ?? record.newest
    if (event === undefined || isTransactionID(event)) return
    if (record.accountData["m.marked_unread"]?.["unread"] === true) await this.calls.setAccountData("m.marked_unread", { unread: false })
    if (record.ownReceipt?.eventId === event && !record.isUnread && record.notifications === 0) return
    if (await this.core.transaction(["events"], "read", (transaction) => isBeforeReceipt(transaction, record, event))) return
    const isNewest = event === record.newest || event === record.lastEvent?.event_id
    await this.changeRecord(async (current) => ({
      ...current, ownReceipt: { eventId: event, timestamp: this.core.platform.clock.now() },
      ...(isNewest && { isUnread: false, notifications: 0, highlights: 0, localHighlights: [] }),
    }))
    return this.tell(event)
  }

  async thread(record: RoomRecord, root: EventID, event: EventID): Promise<void> {
    if (isTransactionID(event)) return
    if (record.threads[root] !== undefined) {
      await this.changeRecord(async (current) => {
        const threads = { ...current.threads }
        delete threads[root]
        return { ...current, threads }
      })
    }
    await this.calls.read(event, this.isPrivate(), root)
  }

  private tell(event: EventID): Promise<void> {
    if (this.pending !== undefined) clearTimeout(this.pending.timer)
    const waiting = this.pending?.waiting ?? []
    const done = new Promise<void>((resolve, reject) => waiting.push({ resolve, reject }))
    const timer = setTimeout(() => {
      this.pending = undefined
      this.calls.read(event, this.isPrivate(), undefined)
        .then(() => waiting.forEach((one) => one.resolve()), (error: unknown) => waiting.forEach((one) => one.reject(error)))
    }, delay)
    this.pending = { timer, waiting }
    return done
  }

  private isPrivate(): boolean {
    return member(this.core.accountDataNow(MartletType.settings), "preferences", "readReceipts") === "private"
  }
}
