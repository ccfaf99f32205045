import type { EventID, MatrixEvent, RoomID, UserID } from "../contract/events"
import type { Transaction } from "../contract/platform"
import type { ReceiptUpdate, RoomUpdate, SyncUpdate } from "../sync/SyncUpdate"
import { appendLive, findEvent } from "./history"
import type { MemberRecord, ReceiptRecord, RoomRecord, StateRecord } from "./records"
import { redact } from "./redact"
import { counts, memberOf, newRoomRecord, withEvents, withFacts, withState } from "./roomRecord"
import type { EventRecord } from "./records"

/** The stores that an update is written to. */
export const updateStores = ["settings", "rooms", "state", "members", "segments", "events", "receipts", "accountData"] as const

/** What an update came to in one room; posted to the other tabs. */
export interface RoomChange {
  readonly record: RoomRecord
  /** New events at the live end, oldest first. */
  readonly added: readonly MatrixEvent[]
  /** How many of the last of them are news. */
  readonly liveCount: number
  readonly hasGap: boolean
  readonly state: readonly MatrixEvent[]
  readonly members: readonly MemberRecord[]
  readonly receipts: readonly ReceiptUpdate[]
  readonly typing: readonly UserID[] | undefined
  /** All known state is void but what is here. */
  readonly isStateReplaced: boolean
}

/** Writes what a sync brought of all rooms. */
export async function writeRooms(transaction: Transaction, update: SyncUpdate, me: UserID): Promise<RoomChange[]> {
  // Requests to the store go out side by side; each room's own are in order.
  return Promise.all(update.rooms.map((room) => writeRoom(transaction, room, me)))
}

async function writeRoom(transaction: Transaction, update: RoomUpdate, me: UserID): Promise<RoomChange> {
  const id = update.id
  const known = await transaction.get<RoomRecord>("rooms", id)
  let record = known ?? newRoomRecord(id)
  const before = record.membership
  const events = update.strippedState ?? update.state
  const stateEvents = events.filter((event) => event.state_key !== undefined && event.type !== "m.room.member")
  const members = new Map<UserID, MemberRecord>()
  for (const event of events) {
    const one = memberOf(id, event)
    if (one !== undefined) members.set(one.userId, one)
  }
  record = withState(record, events, me)
  record = withFacts(record, update, members)
  const isRejoined = known !== undefined && record.membership === "join" && before !== "join"
  if (record.membership !== "join" || isRejoined) record = { ...record, isStateComplete: false }

  const isStateReplaced = update.strippedState !== undefined
  if (stateEvents.length > 0) await writeState(transaction, id, stateEvents, known === undefined || isStateReplaced)
  for (const one of members.values()) transaction.put<MemberRecord>("members", one)

  let added: readonly MatrixEvent[] = []
  let hasGap = false
  if (update.timeline.length > 0) {
    const appended = await appendLive(transaction, id, record.liveSegment, update.timeline, update.isLimited, update.previousBatch)
    added = appended.added
    hasGap = appended.hasGap
    record = { ...record, liveSegment: appended.live }
  }
  // Beyond a gap members may have changed that nobody told of.
  if (hasGap || isRejoined) record = { ...record, areMembersComplete: false }
  const redacted = await redactStored(transaction, id, added)
  record = withEvents(record, added, redacted)
  record = await withReceipts(transaction, record, update.receipts, added, me, known === undefined)
  transaction.put<RoomRecord>("rooms", record)
  return {
    record, added, liveCount: Math.min(update.liveCount, added.length), hasGap, state: stateEvents, members: [...members.values()],
    receipts: update.receipts, typing: update.typing, isStateReplaced,
  }
}

/** Merges state into the room's record of it. */
export async function writeState(transaction: Transaction, room: RoomID, events: readonly MatrixEvent[], isNew: boolean) {
  const state = new Map<string, MatrixEvent>()
  const record = isNew ? undefined : await transaction.get<StateRecord>("state", room)
  for (const event of [...(record?.events ?? []), ...events]) state.set(`${event.type}\u0000${event.state_key ?? ""}`, event)
  transaction.put<StateRecord>("state", { id: room, events: [...state.values()] })
}

/** Prunes stored events that the new ones redact; gives their IDs. */
async function redactStored(transaction: Transaction, room: RoomID, added: readonly MatrixEvent[]): Promise<ReadonlySet<EventID>> {
  const redacted = new Set<EventID>()
  for (const event of added) {
    if (event.type !== "m.room.redaction") continue
    const target = event.redacts ?? event.content["redacts"]
    if (typeof target !== "string") continue
    redacted.add(target)
    const record = await findEvent(transaction, room, target)
    if (record !== undefined) transaction.put<EventRecord>("events", { ...record, event: redact(record.event, event) })
  }
  return redacted
}

async function withReceipts(
  transaction: Transaction, record: RoomRecord, receipts: readonly ReceiptUpdate[], added: readonly MatrixEvent[], me: UserID, isNew: boolean,
): Promise<RoomRecord> {
  let { ownReceipt, isUnread } = record
  let isMoved = false
  for (const receipt of receipts) {
    const thread = receipt.thread === undefined || receipt.thread === "main" ? "" : receipt.thread
    transaction.put<ReceiptRecord>("receipts", {
      room: record.id, userId: receipt.userId, thread, eventId: receipt.eventId, timestamp: receipt.timestamp,
    })
    if (receipt.userId !== me || thread !== "") continue
    if (ownReceipt === undefined || receipt.timestamp >= ownReceipt.timestamp) {
      ownReceipt = { eventId: receipt.eventId, timestamp: receipt.timestamp }
      isMoved = true
    }
  }
  let next = { ...record, ownReceipt }
  if (isMoved || isNew || added.some(counts)) {
    isUnread = await unreadBeyond(transaction, next, me, isNew)
    next = { ...next, isUnread, ...(!isUnread && { localHighlights: [] }) }
  }
  return next
}

/** Whether there is a message of somebody else after the own receipt. */
export async function unreadBeyond(transaction: Transaction, record: RoomRecord, me: UserID, isNew = false): Promise<boolean> {
  const { lastEvent, ownReceipt } = record
  if (lastEvent === undefined) return record.notifications > 0
  if (lastEvent.sender === me) return false
  // Of a room that is told for the first time only the server knows what was read.
  if (ownReceipt === undefined) return !isNew || record.notifications > 0
  if (ownReceipt.eventId === lastEvent.event_id || ownReceipt.eventId === record.newest) return false
  const [read, last] = await Promise.all([findEvent(transaction, record.id, ownReceipt.eventId), findEvent(transaction, record.id, lastEvent.event_id)])
  if (read !== undefined && last !== undefined && read.segment === last.segment) return last.index > read.index
  return lastEvent.origin_server_ts > ownReceipt.timestamp
}

/** Whether the event lies before the own receipt, as far as the store can tell. */
export async function isBeforeReceipt(transaction: Transaction, record: RoomRecord, event: EventID): Promise<boolean> {
  if (record.ownReceipt === undefined) return false
  const [read, wanted] = await Promise.all([findEvent(transaction, record.id, record.ownReceipt.eventId), findEvent(transaction, record.id, event)])
  return read !== undefined && wanted !== undefined && read.segment === wanted.segment && wanted.index < read.index
}
