import { asString, member } from "../base/read"
import type { EventID, MatrixEvent, RoomID } from "../contract/events"
import type { Transaction } from "../contract/platform"
import type { Edge, EventRecord, SegmentRecord } from "./records"
import { startingWith } from "./stores"

/** A place in the history: before or after the event there. */
export interface Cursor { readonly segment: number; readonly index: number }

/** The stores that these functions work on. */
export const historyStores = ["segments", "events"] as const

/** The event that this one relates to or redacts. */
export function targetOf(event: MatrixEvent): EventID | "" {
  return asString(member(event.content, "m.relates_to", "event_id")) ?? event.redacts ?? asString(event.content["redacts"]) ?? ""
}

/** The record of an event by its ID. */
export async function findEvent(transaction: Transaction, room: RoomID, id: EventID): Promise<EventRecord | undefined> {
  return (await transaction.list<EventRecord>("events", { index: "id", range: { lower: [room, id], upper: [room, id] }, limit: 1 }))[0]
}

/** The events that relate to one. */
export function eventsRelatingTo(transaction: Transaction, room: RoomID, target: EventID): Promise<EventRecord[]> {
  return transaction.list<EventRecord>("events", { index: "target", range: { lower: [room, target], upper: [room, target] }, limit: 500 })
}

/** What came of adding the newest events. */
export interface Appended {
  readonly live: number
  /** Events that were not known, oldest first; those that are newer than all known. */
  readonly added: readonly MatrixEvent[]
  /** Whether there is a hole between what was known and this. */
  readonly hasGap: boolean
}

/** Adds the events of a sync to the live end of a room's history. `live` 0: nothing is known of the room. */
export async function appendLive(
  transaction: Transaction, room: RoomID, live: number, events: readonly MatrixEvent[], isLimited: boolean, previousBatch: string | undefined,
): Promise<Appended> {
  const segment = live === 0 ? undefined : await transaction.get<SegmentRecord>("segments", [room, live])
  if (segment === undefined) return startLive(transaction, room, live, undefined, events, previousBatch)
  const known = await Promise.all(events.map((event) => findEvent(transaction, room, event.event_id)))
  const unknown = events.filter((_, index) => known[index] === undefined)
  if (!isLimited) {
    append(transaction, segment, unknown, segment.newer)
    return { live, added: unknown, hasGap: false }
  }
  const first = known.findIndex((record) => record !== undefined)
  const met = known[first]
  if (met === undefined) {
    if (events.length === 0) return { live, added: [], hasGap: false }
    return startLive(transaction, room, live, segment, events, previousBatch)
  }
  let current = await transaction.get<SegmentRecord>("segments", [room, met.segment])
  if (current === undefined) return startLive(transaction, room, live, segment, events, previousBatch)
  // What is older than the first known event goes before it, where that is where the known stretch begins.
  if (first > 0 && met.index === current.first && current.older.kind !== "segment" && current.older.kind !== "end") {
    current = prepend(transaction, current, events.slice(0, first).reverse(), edgeOf(previousBatch))
  }
  // From there on, event by event: what is new closes the holes between the stretches that are met, however many they are.
  let fresh: MatrixEvent[] = []
  for (let index = first + 1; index < events.length; index += 1) {
    const [event, record] = [events[index], known[index]]
    if (event === undefined) continue
    if (record === undefined) {
      fresh.push(event)
      continue
    }
    if (record.segment === current.id) continue
    const next: SegmentRecord | undefined = await transaction.get<SegmentRecord>("segments", [room, record.segment])
    if (next === undefined) continue
    const joined: Edge = { kind: "segment", segment: next.id }
    append(transaction, current, fresh, joined)
    fresh = []
    current = { ...next, older: { kind: "segment", segment: current.id } }
    transaction.put<SegmentRecord>("segments", current)
  }
  append(transaction, current, fresh, { kind: "end" })
  if (current.id !== live) {
    const former = await transaction.get<SegmentRecord>("segments", [room, live])
    if (former !== undefined && former.newer.kind === "end") transaction.put<SegmentRecord>("segments", { ...former, newer: { kind: "unknown" } })
  }
  return { live: current.id, added: fresh, hasGap: false }
}

/** Adds what lies before a stretch, the newest event first; joins it with a stretch that is met. Gives the stretch as it then is. */
export async function extendOlder(transaction: Transaction, segment: SegmentRecord, events: readonly MatrixEvent[], token: string | undefined): Promise<SegmentRecord> {
  const fresh: MatrixEvent[] = []
  for (const event of events) {
    const known = await findEvent(transaction, segment.room, event.event_id)
    if (known === undefined) fresh.push(event)
    else if (known.segment !== segment.id) {
      const other = await transaction.get<SegmentRecord>("segments", [segment.room, known.segment])
      if (other === undefined || other.newer.kind === "segment" || other.newer.kind === "end") continue
      transaction.put<SegmentRecord>("segments", { ...other, newer: { kind: "segment", segment: segment.id } })
      return prepend(transaction, segment, fresh, { kind: "segment", segment: other.id })
    }
  }
  return prepend(transaction, segment, fresh, token === undefined ? { kind: "end" } : { kind: "token", token })
}

/** Adds what lies after a stretch, the oldest event first; joins it with a stretch that is met. */
export async function extendNewer(transaction: Transaction, segment: SegmentRecord, events: readonly MatrixEvent[], token: string | undefined): Promise<SegmentRecord> {
  const fresh: MatrixEvent[] = []
  for (const event of events) {
    const known = await findEvent(transaction, segment.room, event.event_id)
    if (known === undefined) fresh.push(event)
    else if (known.segment !== segment.id) {
      const other = await transaction.get<SegmentRecord>("segments", [segment.room, known.segment])
      if (other === undefined || other.older.kind === "segment") continue
      transaction.put<SegmentRecord>("segments", { ...other, older: { kind: "segment", segment: segment.id } })
      return append(transaction, segment, fresh, { kind: "segment", segment: other.id })
    }
  }
  return append(transaction, segment, fresh, token === undefined ? { kind: "unknown" } : { kind: "token", token })
}

/** A new stretch for events around one that was looked up. */
export async function addSegment(transaction: Transaction, room: RoomID, events: readonly MatrixEvent[], older: Edge, newer: Edge): Promise<SegmentRecord> {
  const id = await nextSegment(transaction, room)
  return append(transaction, { room, id, older, newer, first: 0, last: -1 }, events, newer)
}

/** Events before a place, the newest first, over joined stretches; and where it then stands. */
export async function readOlder(transaction: Transaction, room: RoomID, from: Cursor, limit: number): Promise<{ records: EventRecord[]; segment: SegmentRecord | undefined }> {
  const records: EventRecord[] = []
  let place: Cursor = from
  let segment = await transaction.get<SegmentRecord>("segments", [room, from.segment])
  for (let steps = 0; segment !== undefined && steps < 100; steps += 1) {
    const range = { lower: [room, place.segment], upper: [room, place.segment, place.index], upperOpen: true }
    records.push(...(await transaction.list<EventRecord>("events", { range, limit: limit - records.length, direction: "prev" })))
    if (records.length >= limit || segment.older.kind !== "segment") break
    const next: SegmentRecord | undefined = await transaction.get<SegmentRecord>("segments", [room, segment.older.segment])
    if (next === undefined) break
    segment = next
    place = { segment: next.id, index: next.last + 1 }
  }
  return { records, segment }
}

/** Events after a place, the oldest first. */
export async function readNewer(transaction: Transaction, room: RoomID, from: Cursor, limit: number): Promise<{ records: EventRecord[]; segment: SegmentRecord | undefined }> {
  const records: EventRecord[] = []
  let place: Cursor = from
  let segment = await transaction.get<SegmentRecord>("segments", [room, from.segment])
  for (let steps = 0; segment !== undefined && steps < 100; steps += 1) {
    const range = { lower: [room, place.segment, place.index], upper: [room, place.segment, []] as unknown as (string | number)[], lowerOpen: true }
    records.push(...(await transaction.list<EventRecord>("events", { range, limit: limit - records.length })))
    if (records.length >= limit || segment.newer.kind !== "segment") break
    const next: SegmentRecord | undefined = await transaction.get<SegmentRecord>("segments", [room, segment.newer.segment])
    if (next === undefined) break
    segment = next
    place = { segment: next.id, index: next.first - 1 }
  }
  return { records, segment }
}

/** Forgets all of a room's history. */
export function forgetHistory(transaction: Transaction, room: RoomID) {
  transaction.deleteRange("events", startingWith(room))
  transaction.deleteRange("segments", startingWith(room))
}

/** Keeps only the newest `keep` events of the live stretch of a room; the rest can be had from the server again. */
export async function trimHistory(transaction: Transaction, room: RoomID, live: number, keep: number) {
  const segments = await transaction.list<SegmentRecord>("segments", { range: startingWith(room) })
  for (const segment of segments) {
    if (segment.id !== live) {
      transaction.delete("segments", [room, segment.id])
      transaction.deleteRange("events", startingWith(room, segment.id))
      continue
    }
    const first = Math.max(segment.first, segment.last - keep + 1)
    if (first > segment.first) transaction.deleteRange("events", { lower: [room, segment.id], upper: [room, segment.id, first], upperOpen: true })
    if (first > segment.first || segment.older.kind === "segment") transaction.put<SegmentRecord>("segments", { ...segment, first, older: { kind: "unknown" } })
  }
}

async function startLive(
  transaction: Transaction, room: RoomID, live: number, before: SegmentRecord | undefined, events: readonly MatrixEvent[], previousBatch: string | undefined,
): Promise<Appended> {
  const id = live === 0 ? 1 : await nextSegment(transaction, room)
  if (before !== undefined) transaction.put<SegmentRecord>("segments", { ...before, newer: { kind: "unknown" } })
  const older: Edge = events[0]?.type === "m.room.create" ? { kind: "end" } : edgeOf(previousBatch)
  append(transaction, { room, id, older, newer: { kind: "end" }, first: 0, last: -1 }, events, { kind: "end" })
  return { live: id, added: events, hasGap: before !== undefined }
}

async function nextSegment(transaction: Transaction, room: RoomID): Promise<number> {
  const last = await transaction.list<SegmentRecord>("segments", { range: startingWith(room), limit: 1, direction: "prev" })
  return (last[0]?.id ?? 0) + 1
}

function edgeOf(token: string | undefined): Edge {
  return token === undefined ? { kind: "unknown" } : { kind: "token", token }
}

function append(transaction: Transaction, segment: SegmentRecord, events: readonly MatrixEvent[], newer: Edge): SegmentRecord {
  let last = segment.last
  for (const event of events) transaction.put<EventRecord>("events", record(segment, (last += 1), event))
  const next = { ...segment, last, newer }
  transaction.put<SegmentRecord>("segments", next)
  return next
}

function prepend(transaction: Transaction, segment: SegmentRecord, events: readonly MatrixEvent[], older: Edge): SegmentRecord {
  let first = segment.first
  for (const event of events) transaction.put<EventRecord>("events", record(segment, (first -= 1), event))
  const isStart = events[events.length - 1]?.type === "m.room.create"
  const next: SegmentRecord = { ...segment, first, older: isStart ? { kind: "end" } : older }
  transaction.put<SegmentRecord>("segments", next)
  return next
}

function record(segment: SegmentRecord, index: number, event: MatrixEvent): EventRecord {
  return { room: segment.room, segment: segment.id, index, id: event.event_id, event, target: targetOf(event) }
}
