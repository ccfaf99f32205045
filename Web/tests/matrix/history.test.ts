import assert from "node:assert/strict"
import { test } from "node:test"
import type { MatrixEvent } from "../../source/matrix/contract/events"
import type { Transaction } from "../../source/matrix/contract/platform"
import { addSegment, appendLive, extendOlder, findEvent, historyStores, readNewer, readOlder, trimHistory } from "../../source/matrix/store/history"
import type { SegmentRecord } from "../../source/matrix/store/records"
import { coreStores } from "../../source/matrix/store/stores"
import { MemoryBrowser } from "./support/MemoryPlatform"

const room = "!r:x"
const event = (number: number): MatrixEvent => ({ event_id: `$${number}`, type: "m.room.message", sender: "@a:x", origin_server_ts: number, content: { body: String(number) } })
const events = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => event(first + index))

async function database() {
  const opened = await new MemoryBrowser().tab().openDatabase("d", coreStores)
  return <R>(work: (transaction: Transaction) => Promise<R>) => opened.transaction(historyStores, "write", work)
}

const fromEnd = async (transaction: Transaction, live: number) => {
  const segment = await transaction.get<SegmentRecord>("segments", [room, live])
  const { records, segment: last } = await readOlder(transaction, room, { segment: live, index: (segment?.last ?? 0) + 1 }, 1_000)
  return { numbers: records.map((record) => Number(record.id.slice(1))), edge: last?.older }
}
const down = (last: number, first: number) => events(first, last).map((one) => one.origin_server_ts).reverse()

test("a sync that misses events begins a stretch of its own, until paging closes the hole", async () => {
  const run = await database()
  await run((transaction) => appendLive(transaction, room, 0, events(1, 10), true, "t0"))
  const second = await run((transaction) => appendLive(transaction, room, 1, events(21, 30), true, "t20"))
  assert.deepEqual([second.live, second.hasGap], [2, true])
  assert.deepEqual(await run((transaction) => fromEnd(transaction, 2)), { numbers: down(30, 21), edge: { kind: "token", token: "t20" } })
  await run(async (transaction) => {
    const live = await transaction.get<SegmentRecord>("segments", [room, 2])
    assert.ok(live)
    await extendOlder(transaction, live, events(5, 20).reverse(), "t4")
  })
  assert.deepEqual(await run((transaction) => fromEnd(transaction, 2)), { numbers: down(30, 1), edge: { kind: "token", token: "t0" } })
  const forward = await run(async (transaction) => {
    const first = await findEvent(transaction, room, "$1")
    assert.ok(first)
    return readNewer(transaction, room, first, 1_000)
  })
  assert.deepEqual(forward.records.map((record) => record.event.origin_server_ts), events(2, 30).map((one) => one.origin_server_ts))
})

test("a longer timeline of what is known already adds what lies before it, once", async () => {
  const run = await database()
  await run((transaction) => appendLive(transaction, room, 0, events(40, 40), true, "t39"))
  const expanded = await run((transaction) => appendLive(transaction, room, 1, events(11, 41), true, "t10"))
  assert.deepEqual([expanded.live, expanded.hasGap, expanded.added.map((one) => one.event_id)], [1, false, ["$41"]])
  assert.deepEqual(await run((transaction) => fromEnd(transaction, 1)), { numbers: down(41, 11), edge: { kind: "token", token: "t10" } })
})

test("a longer timeline that reaches back over a hole joins both stretches", async () => {
  const run = await database()
  await run((transaction) => appendLive(transaction, room, 0, events(1, 10), true, "t0"))
  await run((transaction) => appendLive(transaction, room, 1, events(20, 20), true, "t19"))
  const joined = await run((transaction) => appendLive(transaction, room, 2, events(8, 22), true, "t7"))
  assert.deepEqual([joined.live, joined.hasGap, joined.added.map((one) => one.event_id)], [2, false, ["$21", "$22"]])
  assert.deepEqual((await run((transaction) => fromEnd(transaction, 2))).numbers, down(22, 1))
})

test("what was there already is not added again", async () => {
  const run = await database()
  await run((transaction) => appendLive(transaction, room, 0, events(1, 5), true, "t0"))
  const again = await run((transaction) => appendLive(transaction, room, 1, events(4, 6), false, undefined))
  assert.deepEqual(again.added.map((one) => one.event_id), ["$6"])
  assert.deepEqual((await run((transaction) => fromEnd(transaction, 1))).numbers, down(6, 1))
})

test("trimming keeps the newest, and says that there is more", async () => {
  const run = await database()
  await run((transaction) => appendLive(transaction, room, 0, events(1, 100), true, "t0"))
  await run((transaction) => addSegment(transaction, room, events(-20, -10), { kind: "unknown" }, { kind: "unknown" }))
  await run((transaction) => trimHistory(transaction, room, 1, 30))
  assert.deepEqual(await run((transaction) => fromEnd(transaction, 1)), { numbers: down(100, 71), edge: { kind: "unknown" } })
  assert.equal(await run((transaction) => findEvent(transaction, room, "$-15")), undefined)
})
