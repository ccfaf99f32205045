import assert from "node:assert/strict"
import { test } from "node:test"
import { createAccounts } from "../../source/matrix/session/openSession"
import { ClientSession } from "../../source/matrix/session/ClientSession"
import { emptyRoomUpdate } from "../../source/matrix/sync/SyncUpdate"
import type { RoomUpdate, SyncUpdate } from "../../source/matrix/sync/SyncUpdate"
import { updateStores, writeRooms } from "../../source/matrix/store/writeUpdate"
import type { MatrixEvent } from "../../source/matrix/contract/events"
import { MemoryBrowser } from "./support/MemoryPlatform"
import { until } from "./support/live"

const account = { userId: "@me:x", deviceId: "D", homeserver: "http://127.0.0.1:1", accessToken: "t" }
const event = (room: string, number: number): MatrixEvent => ({
  event_id: `$${room}-${number}`, type: "m.room.message", sender: "@you:x", origin_server_ts: number, content: { msgtype: "m.text", body: `message ${number}` },
})
const update = (...rooms: Partial<RoomUpdate>[]): SyncUpdate => ({
  rooms: rooms.map((room) => ({ ...emptyRoomUpdate("!r:x"), membership: "join", ...room })), accountData: [], presence: [], toDevice: [], deviceListsChanged: [],
  deviceListsLeft: [], oneTimeKeyCounts: undefined, unusedFallbackKeys: undefined,
})

/** A session without a network, for what happens between the store and the screen. */
async function open(): Promise<ClientSession> {
  const browser = new MemoryBrowser(() => Promise.reject(new Error("no network")))
  const session = await createAccounts(browser.tab()).open(account)
  assert.ok(session instanceof ClientSession)
  return session
}

async function bring(session: ClientSession, brought: SyncUpdate) {
  session.applyChanges(await session.transaction(updateStores, "write", (transaction) => writeRooms(transaction, brought, session.userId)), [], [])
}

test("two thousand rooms: a sync touches only what changed", { timeout: 60_000 }, async (context) => {
  const session = await open()
  try {
    await bring(session, update(...Array.from({ length: 2_000 }, (_, number) => ({
      id: `!${number}:x`, isInitial: true, isLimited: true, previousBatch: "t", timeline: [event(`!${number}:x`, 1)],
    }))))
    assert.equal(session.rooms.get().length, 2_000)
    const before = session.rooms.get()
    const started = performance.now()
    await bring(session, update({ id: "!7:x", timeline: [event("!7:x", 2)], liveCount: 1 }))
    const after = session.rooms.get()
    context.diagnostic(`one room of 2,000: ${(performance.now() - started).toFixed(1)} ms`)
    assert.equal(after.filter((summary, index) => summary !== before[index]).length, 1)
    assert.equal(after.find((summary) => summary.id === "!7:x")?.unread.isUnread, true)
    assert.ok(performance.now() - started < 100)
  } finally {
    await session.stop()
  }
})

test("fifty thousand events in one timeline: adding one keeps all others as they are", { timeout: 120_000 }, async (context) => {
  const session = await open()
  try {
    await bring(session, update({ isInitial: true, isLimited: true, previousBatch: "t", timeline: [event("r", 0)] }))
    const room = session.room("!r:x")
    assert.ok(room)
    const timeline = room.open()
    await until(timeline.events, (events) => events.length === 1, "the first event")
    for (let first = 1; first < 50_000; first += 5_000) {
      await bring(session, update({ timeline: Array.from({ length: 5_000 }, (_, index) => event("r", first + index)), liveCount: 0 }))
    }
    await until(timeline.events, (events) => events.length >= 50_000, "fifty thousand")
    const before = timeline.events.get()
    const started = performance.now()
    await bring(session, update({ timeline: [event("r", 60_000)], liveCount: 1 }))
    await until(timeline.events, (events) => events.length === before.length + 1, "one more")
    const took = performance.now() - started
    context.diagnostic(`one event onto ${before.length}: ${took.toFixed(1)} ms`)
    const after = timeline.events.get()
    assert.ok(before.every((one, index) => after[index] === one))
    assert.ok(took < 100)

    const target = before[25_000]
    const reaction: MatrixEvent = { event_id: "$reaction", type: "m.reaction", sender: "@you:x", origin_server_ts: 1, content: { "m.relates_to": { rel_type: "m.annotation", event_id: target?.id ?? "", key: "👍" } } }
    await bring(session, update({ timeline: [reaction], liveCount: 1 }))
    await until(timeline.events, (events) => events[25_000]?.reactions.length === 1, "the reaction")
    assert.equal(timeline.events.get().filter((one, index) => one !== after[index]).length, 1)
  } finally {
    await session.stop()
  }
})

