import { announce } from "../base/observable"
import type { Observable } from "../base/observable"
import type { EventID, UserID } from "../contract/events"
import type { Receipt } from "../contract/room"
import type { ReceiptUpdate } from "../sync/SyncUpdate"

/** The newest receipt of each member in the main timeline. */
export class RoomReceipts {
  private readonly byUser = new Map<UserID, Receipt>()
  private readonly byEvent = new Map<EventID, readonly Receipt[]>()
  private map: ReadonlyMap<EventID, readonly Receipt[]> | undefined
  private readonly listeners = new Set<() => void>()

  constructor(private readonly wanted: () => void) {}

  readonly all: Observable<ReadonlyMap<EventID, readonly Receipt[]>> = {
    get: () => (this.map ??= new Map(this.byEvent)),
    subscribe: (listener) => {
      const own = () => listener()
      this.listeners.add(own)
      this.wanted()
      return () => {
        this.listeners.delete(own)
      }
    },
  }

  apply(receipts: readonly (Omit<ReceiptUpdate, "isPrivate">)[]) {
    let isChanged = false
    for (const { userId, eventId, timestamp, thread } of receipts) {
      if (thread !== undefined && thread !== "main" && thread !== "") continue
      const before = this.byUser.get(userId)
      if (before !== undefined && (before.eventId === eventId || before.timestamp > timestamp)) continue
      const receipt: Receipt = { userId, eventId, timestamp }
      this.byUser.set(userId, receipt)
      if (before !== undefined) {
        const rest = (this.byEvent.get(before.eventId) ?? []).filter((one) => one.userId !== userId)
        if (rest.length === 0) this.byEvent.delete(before.eventId)
        else this.byEvent.set(before.eventId, rest)
      }
      this.byEvent.set(eventId, [...(this.byEvent.get(eventId) ?? []), receipt])
      isChanged = true
    }
    if (!isChanged) return
    this.map = undefined
    announce(this.listeners)
  }
}
