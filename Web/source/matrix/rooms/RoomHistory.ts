import { path } from "../base/path"
import { asString } from "../base/read"
import type { JSONObject } from "../base/read"
import type { EventID, MatrixEvent, RoomID } from "../contract/events"
import { addSegment, extendNewer, extendOlder, findEvent, historyStores, readNewer, readOlder } from "../store/history"
import type { EventRecord, MemberRecord, SegmentRecord } from "../store/records"
import { memberOf } from "../store/roomRecord"
import { readEvent, readEvents } from "../sync/readEvents"
import type { SessionCore } from "./SessionCore"

const pageSize = 60
const lazyMembers = JSON.stringify({ lazy_load_members: true })

/** A stretch of events, oldest first. */
export interface Page { readonly events: readonly MatrixEvent[]; readonly isEnd: boolean }

/** The history of one room: out of the store where it is there, else from the server. One call after the other. */
export class RoomHistory {
  private turn: Promise<unknown> = Promise.resolve()

  constructor(private readonly core: SessionCore, private readonly room: RoomID, private readonly onMembers: (members: readonly MemberRecord[]) => void) {}

  /** The newest events in the store, back to the next hole at most. */
  newestStored(live: number, count: number): Promise<readonly MatrixEvent[]> {
    return this.core.transaction(historyStores, "read", async (transaction) => {
      const segment = live === 0 ? undefined : await transaction.get<SegmentRecord>("segments", [this.room, live])
      if (segment === undefined) return []
      const { records } = await readOlder(transaction, this.room, { segment: live, index: segment.last + 1 }, count)
      return records.map((record) => record.event).reverse()
    })
  }

  /** Events before one, from the store or the server. */
  older(before: EventID | undefined, live: number, count: number): Promise<Page> {
    return this.inTurn(async () => {
      for (let tries = 0; tries < 4; tries += 1) {
        const stored = await this.readOlderStored(before, live, count)
        if (stored.records.length > 0) {
          const isEnd = stored.records.length < count && stored.segment?.older.kind === "end"
          return { events: stored.records.map((record) => record.event).reverse(), isEnd }
        }
        if (stored.segment?.older.kind === "end") return { events: [], isEnd: true }
        if (!(await this.fetchOlder(stored.segment, live))) return { events: [], isEnd: true }
      }
      return { events: [], isEnd: false }
    })
  }

  /** Events after one; `isEnd` where the present is reached. */
  newer(after: EventID, count: number): Promise<Page> {
    return this.inTurn(async () => {
      for (let tries = 0; tries < 4; tries += 1) {
        const stored = await this.core.transaction(historyStores, "read", async (transaction) => {
          const record = await findEvent(transaction, this.room, after)
          return record === undefined ? undefined : readNewer(transaction, this.room, record, count)
        })
        if (stored?.segment === undefined) return { events: [], isEnd: false }
        if (stored.records.length > 0) {
          return { events: stored.records.map((record) => record.event), isEnd: stored.records.length < count && stored.segment.newer.kind === "end" }
        }
        if (stored.segment.newer.kind === "end") return { events: [], isEnd: true }
        await this.fetchNewer(stored.segment)
      }
      return { events: [], isEnd: false }
    })
  }

  /** Events around one; throws where it cannot be had. */
  around(id: EventID, count: number): Promise<Page & { readonly isNewest: boolean }> {
    return this.inTurn(async () => {
      const half = Math.ceil(count / 2)
      const read = () => this.core.transaction(historyStores, "read", async (transaction) => {
        const record = await findEvent(transaction, this.room, id)
        if (record === undefined) return undefined
        const older = await readOlder(transaction, this.room, record, half)
        const newer = await readNewer(transaction, this.room, record, half)
        return { record, older, newer }
      })
      let found = await read()
      if (found === undefined) {
        await this.fetchContext(id, count)
        found = await read()
      }
      if (found === undefined) return { events: [], isEnd: true, isNewest: false }
      const records: EventRecord[] = [...found.older.records.reverse(), found.record, ...found.newer.records]
      return {
        events: records.map((record) => record.event),
        isEnd: found.older.records.length < half && found.older.segment?.older.kind === "end",
        isNewest: found.newer.records.length < half && found.newer.segment?.newer.kind === "end",
      }
    })
  }

  /** Tries to close the hole before the newest stretch; true where it is closed. */
  fill(live: number, pages: number): Promise<boolean> {
    return this.inTurn(async () => {
      for (let page = 0; page < pages; page += 1) {
        const segment = await this.core.transaction(historyStores, "read", (transaction) => transaction.get<SegmentRecord>("segments", [this.room, live]))
        if (segment === undefined) return false
        if (segment.older.kind === "segment" || segment.older.kind === "end") return true
        if (!(await this.fetchOlder(segment, live))) return true
      }
      return false
    })
  }

  /** One event, from the store or the server; undefined where it cannot be had. */
  async event(id: EventID): Promise<MatrixEvent | undefined> {
    const stored = await this.core.transaction(historyStores, "read", (transaction) => findEvent(transaction, this.room, id))
    if (stored !== undefined) return stored.event
    return readEvent(await this.core.api.get(path`/_matrix/client/v3/rooms/${this.room}/event/${id}`))
  }

  private readOlderStored(before: EventID | undefined, live: number, count: number) {
    return this.core.transaction(historyStores, "read", async (transaction) => {
      const record = before === undefined ? undefined : await findEvent(transaction, this.room, before)
      if (record !== undefined) return readOlder(transaction, this.room, record, count)
      const segment = live === 0 ? undefined : await transaction.get<SegmentRecord>("segments", [this.room, live])
      if (segment === undefined) return { records: [], segment: undefined }
      return readOlder(transaction, this.room, { segment: live, index: segment.last + 1 }, count)
    })
  }

  /** Brings what is before the stretch into the store; false where there is nothing to be had. */
  private async fetchOlder(segment: SegmentRecord | undefined, live: number): Promise<boolean> {
    let from: string | undefined
    if (segment?.older.kind === "token") from = segment.older.token
    if (segment?.older.kind === "unknown") from = await this.tokenAt(segment, "start")
    const answer = await this.messages("b", from)
    const events = readEvents(answer["chunk"])
    const end = asString(answer["end"])
    const isEnd = end === undefined || (events.length === 0 && end === from)
    await this.write(answer, async (transaction) => {
      if (segment === undefined) {
        if (live === 0) await addSegment(transaction, this.room, events.slice().reverse(), isEnd ? { kind: "end" } : { kind: "token", token: end }, { kind: "unknown" })
        return
      }
      const current = await transaction.get<SegmentRecord>("segments", [this.room, segment.id])
      if (current !== undefined) await extendOlder(transaction, current, events, isEnd ? undefined : end)
    })
    return segment !== undefined
  }

  private async fetchNewer(segment: SegmentRecord) {
    const from = segment.newer.kind === "token" ? segment.newer.token : await this.tokenAt(segment, "end")
    const answer = await this.messages("f", from)
    const events = readEvents(answer["chunk"])
    const end = asString(answer["end"])
    await this.write(answer, async (transaction) => {
      const current = await transaction.get<SegmentRecord>("segments", [this.room, segment.id])
      if (current !== undefined) await extendNewer(transaction, current, events, end ?? from)
    })
  }

  private async fetchContext(id: EventID, count: number) {
    const answer = await this.core.api.get(path`/_matrix/client/v3/rooms/${this.room}/context/${id}`, { limit: count, filter: lazyMembers })
    const event = readEvent(answer["event"])
    if (event === undefined) return
    const events = [...readEvents(answer["events_before"]).reverse(), event, ...readEvents(answer["events_after"])]
    const [start, end] = [asString(answer["start"]), asString(answer["end"])]
    await this.write(answer, async (transaction) => {
      const known = await Promise.all(events.map((one) => findEvent(transaction, this.room, one.event_id)))
      const middle = events.indexOf(event)
      // What is known on either side is joined with, not kept twice.
      let first = middle
      while (first > 0 && known[first - 1] === undefined) first -= 1
      let last = middle
      while (last < events.length - 1 && known[last + 1] === undefined) last += 1
      let segment = await addSegment(transaction, this.room, events.slice(first, last + 1), start === undefined ? { kind: "unknown" } : { kind: "token", token: start }, end === undefined ? { kind: "unknown" } : { kind: "token", token: end })
      const before = events[first - 1]
      const after = events[last + 1]
      if (before !== undefined) segment = await extendOlder(transaction, segment, [before], start)
      if (after !== undefined) await extendNewer(transaction, segment, [after], end)
    })
  }

  private messages(direction: "b" | "f", from: string | undefined): Promise<JSONObject> {
    return this.core.api.get(path`/_matrix/client/v3/rooms/${this.room}/messages`, { dir: direction, from, limit: pageSize, filter: lazyMembers })
  }

  /** The token of a stretch whose edge lost it. */
  private async tokenAt(segment: SegmentRecord, side: "start" | "end"): Promise<string | undefined> {
    const index = side === "start" ? segment.first : segment.last
    const record = await this.core.transaction(historyStores, "read", (transaction) => transaction.get<EventRecord>("events", [this.room, segment.id, index]))
    if (record === undefined) return undefined
    const answer = await this.core.api.get(path`/_matrix/client/v3/rooms/${this.room}/context/${record.id}`, { limit: 0, filter: lazyMembers })
    return asString(answer[side])
  }

  /** Writes a page in one transaction, with the members that came along, of whom nothing newer is known. */
  private async write(answer: JSONObject, work: Parameters<SessionCore["transaction"]>[2]) {
    const members = readEvents(answer["state"]).flatMap((event) => memberOf(this.room, event) ?? [])
    const fresh: MemberRecord[] = []
    await this.core.transaction([...historyStores, "members"], "write", async (transaction) => {
      for (const one of members) {
        if ((await transaction.get("members", [this.room, one.userId])) !== undefined) continue
        transaction.put("members", one)
        fresh.push(one)
      }
      await work(transaction)
    })
    if (fresh.length > 0) this.onMembers(fresh)
  }

  private inTurn<R>(work: () => Promise<R>): Promise<R> {
    const run = this.turn.then(work, work)
    this.turn = run.catch(() => undefined)
    return run
  }
}
