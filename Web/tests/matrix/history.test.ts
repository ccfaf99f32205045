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

test("a longer timeline that reaches back over several holes joins all stretches", async () => {
  const run = await database()
  await run((transaction) => appendLive(transaction, room, 0, events(1, 3), true, "t0"))
  await run((transaction) => appendLive(transaction, room, 1, events(5, 5), true, "t4"))
  await run((transaction) => appendLive(transaction, room, 2, events(8, 9), true, "t7"))
  const joined = await run((transaction) => appendLive(transaction, room, 3, events(2, 11), true, "t1"))
  assert.deepEqual([joined.live, joined.added.map((one) => one.event_id)], [3, ["$10", "$11"]])
  assert.deepEqual((await run((transaction) => fromEnd(transaction, 3))).numbers, down(11, 1))
})

test("whatever windows a sync shows, and whenever one pages back, nothing is lost or twice", async () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const run = await database()
    let state = seed
    const chance = (limit: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0
      return (state >>> 8) % limit
    }
    let newest = 0
    let live = 0
    const pageBack = async () => {
      // The end of the live stretch's chain, and one page from the server before it.
      await run(async (transaction) => {
        const segment = await transaction.get<SegmentRecord>("segments", [room, live])
        if (segment === undefined) return
        const { segment: last } = await readOlder(transaction, room, { segment: live, index: segment.last + 1 }, 10_000)
        if (last === undefined || last.older.kind !== "token") return
        const from = Number(last.older.token.slice(1))
        const to = Math.max(1, from - chance(6))
        await extendOlder(transaction, last, events(to, from).reverse(), to === 1 ? undefined : `t${to - 1}`)
      })
    }
    for (let step = 0; step < 30; step += 1) {
      const seen = newest
      newest += 1 + chance(5)
      const first = Math.max(1, newest - (chance(4) === 0 ? 5 + chance(20) : chance(3)))
      const isLimited = first > 1 && (first > seen + 1 || chance(4) === 0)
      const window = isLimited ? events(first, newest) : events(seen + 1, newest)
      const from = (window[0]?.origin_server_ts ?? 1) - 1
      live = (await run((transaction) => appendLive(transaction, room, live, window, isLimited, from === 0 ? undefined : `t${from}`))).live
      if (chance(3) === 0) await pageBack()
    }
    for (let page = 0; page < 300; page += 1) await pageBack()
    assert.deepEqual((await run((transaction) => fromEnd(transaction, live))).numbers, down(newest, 1), `seed ${seed}`)
  }
})
