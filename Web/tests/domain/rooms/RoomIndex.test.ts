import assert from "node:assert/strict"
import { test } from "node:test"
import { RoomIndex } from "../../../source/domain/rooms/RoomIndex"
import { FakeRooms, summary, unread } from "./fixtures"

function space(id: string, part = {}) {
  return summary(id, { type: "m.space", ...part })
}

test("servers are joined spaces that are in no other joined space", () => {
  const rooms = new FakeRooms()
  rooms.put(space("!a:x"), space("!b:x"), space("!inner:x"), space("!invited:x", { membership: "invite" }), summary("!room:x"))
  rooms.room("!a:x").setChildren(["!inner:x", "!room:x"])
  rooms.room("!invited:x").setChildren(["!b:x"])
  const index = new RoomIndex(rooms)
  index.start()
  assert.deepEqual(index.servers.get(), ["!a:x", "!b:x"])
  assert.deepEqual(index.invites.get(), ["!invited:x"])
  assert.equal(rooms.room("!a:x").loads, 1)
  rooms.change("!a:x", { membership: "leave" })
  assert.deepEqual(index.servers.get(), ["!b:x", "!inner:x"])
  assert.deepEqual(index.loose.get(), ["!room:x"])
})

test("spaces in a circle do not vanish", () => {
  const rooms = new FakeRooms()
  rooms.put(space("!a:x"), space("!b:x"), summary("!room:x", { unread: unread(1, 1) }))
  rooms.room("!a:x").setChildren(["!b:x"])
  rooms.room("!b:x").setChildren(["!a:x", "!room:x"])
  const index = new RoomIndex(rooms)
  index.start()
  assert.deepEqual(index.servers.get(), ["!a:x"])
  assert.equal(index.unread("!a:x").get().highlights, 1)
  assert.equal(index.serverOf("!room:x"), "!a:x")
})

test("servers are sorted by the order that the person gave them", () => {
  const rooms = new FakeRooms()
  rooms.put(space("!a:x"), space("!b:x"), space("!c:x"))
  const index = new RoomIndex(rooms)
  index.start()
  rooms.room("!c:x").accountData("org.matrix.msc3230.space_order").set({ order: "A" })
  rooms.room("!b:x").accountData("org.matrix.msc3230.space_order").set({ order: "B" })
  assert.deepEqual(index.servers.get(), ["!c:x", "!b:x", "!a:x"])
  rooms.room("!c:x").accountData("org.matrix.msc3230.space_order").set({ order: "\u0007" })
  assert.deepEqual(index.servers.get(), ["!b:x", "!a:x", "!c:x"])
})

test("a room that is in a server twice is counted once", () => {
  const rooms = new FakeRooms()
  rooms.put(space("!a:x"), space("!inner:x"), summary("!room:x", { unread: unread(3, 2) }), summary("!other:x", { unread: unread(1, 0) }))
  rooms.room("!a:x").setChildren(["!inner:x", "!room:x", "!other:x"])
  rooms.room("!inner:x").setChildren(["!room:x"])
  const index = new RoomIndex(rooms)
  index.start()
  assert.deepEqual(index.unread("!a:x").get(), { rooms: 2, notifications: 4, highlights: 2 })
  assert.deepEqual(index.totalUnread.get(), { rooms: 2, notifications: 4, highlights: 2 })
  rooms.change("!room:x", { unread: unread(0, 0) })
  assert.deepEqual(index.unread("!a:x").get(), { rooms: 1, notifications: 1, highlights: 0 })
  assert.deepEqual(index.unread("!inner:x").get(), { rooms: 0, notifications: 0, highlights: 0 })
  rooms.room("!a:x").setChildren(["!inner:x"])
  assert.deepEqual(index.unread("!a:x").get(), { rooms: 0, notifications: 0, highlights: 0 })
  assert.deepEqual(index.homeUnread.get(), { rooms: 1, notifications: 1, highlights: 0 })
})

test("a muted room adds only its mentions, threads add to their room", () => {
  const rooms = new FakeRooms()
  rooms.put(space("!a:x"), summary("!muted:x", { isMuted: true, unread: unread(5, 1) }), summary("!threads:x", { unread: unread(0, 0, [["$t", 2, 1]]) }))
  rooms.room("!a:x").setChildren(["!muted:x", "!threads:x"])
  const index = new RoomIndex(rooms)
  index.start()
  assert.deepEqual(index.unread("!a:x").get(), { rooms: 1, notifications: 3, highlights: 2 })
  assert.deepEqual(index.unreadThreads.get(), ["!threads:x"])
})

test("direct messages, favourites, low priority, loose rooms, invites and knocks", () => {
  const rooms = new FakeRooms()
  rooms.put(
    summary("!old:x", { isDirect: true, lastActivity: 1 }), summary("!new:x", { isDirect: true, lastActivity: 5 }),
    summary("!star:x", { isDirect: true, tags: new Map([["m.favourite", 0.2]]) }), summary("!star2:x", { tags: new Map([["m.favourite", 0.1]]) }),
    summary("!low:x", { isDirect: true, tags: new Map([["m.lowpriority", undefined]]) }), summary("!loose:x"),
    summary("!invite:x", { membership: "invite" }), summary("!knock:x", { membership: "knock" }), summary("!left:x", { membership: "leave" }),
  )
  const index = new RoomIndex(rooms)
  index.start()
  assert.deepEqual(index.directs.get(), ["!new:x", "!old:x"])
  assert.deepEqual(index.favourites.get(), ["!star2:x", "!star:x"])
  assert.deepEqual(index.lowPriority.get(), ["!low:x"])
  assert.deepEqual(index.loose.get(), ["!loose:x"])
  assert.deepEqual(index.invites.get(), ["!invite:x"])
  assert.deepEqual(index.knocks.get(), ["!knock:x"])
  const before = index.directs.get()
  rooms.change("!new:x", { lastActivity: 9 })
  assert.equal(index.directs.get(), before)
  rooms.change("!old:x", { lastActivity: 10 })
  assert.deepEqual(index.directs.get(), ["!old:x", "!new:x"])
  rooms.remove("!old:x")
  assert.deepEqual(index.directs.get(), ["!new:x"])
})

test("a room that was replaced by a joined one is not shown nor counted", () => {
  const rooms = new FakeRooms()
  rooms.put(summary("!old:x", { successor: "!next:x", unread: unread(4, 0) }))
  const index = new RoomIndex(rooms)
  index.start()
  assert.deepEqual(index.loose.get(), ["!old:x"])
  rooms.put(summary("!next:x"))
  assert.deepEqual(index.loose.get(), ["!next:x"])
  assert.equal(index.totalUnread.get().notifications, 0)
})

test("with 2,000 rooms a message costs a few steps, not a walk over all of them", (context) => {
  const rooms = new FakeRooms()
  const all = Array.from({ length: 2000 }, (_, number) => summary(`!${number}:x`, { lastActivity: number, isDirect: number % 4 === 0 }))
  const spaces = Array.from({ length: 20 }, (_, number) => space(`!space${number}:x`))
  for (const [number, one] of spaces.entries()) rooms.room(one.id).setChildren(all.filter((_, place) => place % 20 === number).map((room) => room.id))
  const meter = { operations: 0 }
  const index = new RoomIndex(rooms, meter)
  rooms.put(...spaces, ...all)
  index.start()
  const building = meter.operations
  let most = 0
  for (let number = 0; number < 2000; number += 7) {
    meter.operations = 0
    rooms.change(`!${number}:x`, { lastActivity: 10_000 + number, unread: unread(1, number % 3 === 0 ? 1 : 0) })
    most = Math.max(most, meter.operations)
  }
  context.diagnostic(`${building} operations to build, at most ${most} for a message`)
  assert(building < 150_000, `${building} operations to build`)
  assert(most <= 100, `${most} operations for one message`)
  // All of it must be what a calculation from nothing gives.
  const fresh = new RoomIndex(rooms)
  fresh.start()
  assert.deepEqual(index.totalUnread.get(), fresh.totalUnread.get())
  assert.deepEqual(index.homeUnread.get(), fresh.homeUnread.get())
  assert.deepEqual(index.directs.get(), fresh.directs.get())
  assert.deepEqual(index.unreadRooms.get(), fresh.unreadRooms.get())
  for (const one of spaces) assert.deepEqual(index.unread(one.id).get(), fresh.unread(one.id).get())
})

test("whoever watches a server is told of nothing that happens in another", () => {
  const rooms = new FakeRooms()
  rooms.put(space("!a:x"), space("!b:x"), summary("!one:x"), summary("!two:x"))
  rooms.room("!a:x").setChildren(["!one:x"])
  rooms.room("!b:x").setChildren(["!two:x"])
  const index = new RoomIndex(rooms)
  index.start()
  let structure = 0
  let sums = 0
  index.structure("!a:x").subscribe(() => { structure += 1 })
  index.unread("!a:x").subscribe(() => { sums += 1 })
  rooms.change("!two:x", { unread: unread(1, 1) })
  rooms.room("!b:x").setChildren([])
  assert.deepEqual([structure, sums], [0, 0])
  rooms.change("!one:x", { unread: unread(1, 1) })
  assert.deepEqual([structure, sums], [0, 1])
  rooms.change("!one:x", { membership: "leave" })
  assert.deepEqual([structure, sums], [1, 2])
})
