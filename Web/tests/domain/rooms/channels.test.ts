import assert from "node:assert/strict"
import { test } from "node:test"
import { channelList } from "../../../source/domain/rooms/channels"
import { RoomIndex } from "../../../source/domain/rooms/RoomIndex"
import { SpaceHierarchy } from "../../../source/domain/rooms/SpaceHierarchy"
import type { JSONObject } from "../../../source/matrix/base/read"
import { MartletType } from "../../../source/matrix/contract/events"
import { FakeRooms, summary } from "./fixtures"

function shown(list: { categories: readonly { name: string | undefined; channels: readonly { id: string }[] }[] }) {
  return list.categories.map((category) => [category.name ?? "-", ...category.channels.map((channel) => channel.id)])
}

const answer = (content: JSONObject) => Promise.resolve(content)

function community() {
  const rooms = new FakeRooms()
  rooms.put(
    summary("!s:x", { type: "m.space" }), summary("!sub:x", { type: "m.space", name: "Games" }),
    summary("!a:x"), summary("!b:x"), summary("!c:x"), summary("!d:x"),
  )
  rooms.room("!s:x").setChildren([{ id: "!b:x", order: "2" }, { id: "!a:x", order: "1" }, "!sub:x", "!unknown:x", "!c:x"])
  rooms.room("!sub:x").setChildren(["!d:x", "!a:x"])
  const index = new RoomIndex(rooms)
  index.start()
  return { rooms, index }
}

test("without categories children come in the order of the space, subspaces as categories, each room once", () => {
  const { rooms, index } = community()
  const list = channelList(rooms, index, "!s:x").get()
  assert.deepEqual(shown(list), [["-", "!a:x", "!b:x", "!c:x"], ["Games", "!d:x"]])
  assert.deepEqual(list.joined, ["!a:x", "!b:x", "!c:x", "!d:x"])
})

test("declared categories take their channels; those that are not of the server are left out", () => {
  const { rooms, index } = community()
  const list = channelList(rooms, index, "!s:x")
  let told = 0
  list.subscribe(() => { told += 1 })
  rooms.room("!s:x").state(MartletType.categories).set({
    categories: [{ id: "1", name: "Talk", channels: ["!d:x", "!b:x", "!foreign:x", 5] }, { id: "1", name: "Twice", channels: [] }, { id: "2", name: "Empty", channels: [] }, "?"],
  })
  assert.equal(told, 1)
  assert.deepEqual(shown(list.get()), [["-", "!a:x", "!c:x"], ["Talk", "!d:x", "!b:x"], ["Empty"], ["Games"]])
})

test("the server's hierarchy adds rooms and subspaces that are not joined", async () => {
  const { rooms, index } = community()
  const asked: unknown[] = []
  const hierarchy = new SpaceHierarchy({
    get(path, query): Promise<JSONObject> {
      asked.push([path, query?.from])
      const child = (id: string): JSONObject => ({ type: "m.space.child", state_key: id, content: { via: ["x"] }, origin_server_ts: 1 })
      if (query?.from === undefined) {
        return answer({ rooms: [{ room_id: "!s:x", room_type: "m.space", children_state: [] }, { room_id: "!unknown:x", name: "New", join_rule: "knock", num_joined_members: 3 }, 7], next_batch: "p2" })
      }
      return answer({ rooms: [{ room_id: "!far:x", room_type: "m.space", name: "Far", children_state: [child("!e:x")] }, { room_id: "!e:x", name: "E" }] })
    },
  }, "!s:x")
  rooms.room("!s:x").setChildren(["!a:x", "!unknown:x", "!far:x"])
  const list = channelList(rooms, index, "!s:x", hierarchy)
  assert.deepEqual(shown(list.get()), [["-", "!a:x"]])
  await hierarchy.load()
  assert.equal(hierarchy.state.get(), "loaded")
  assert.deepEqual(asked, [["/_matrix/client/v1/rooms/!s%3Ax/hierarchy", undefined], ["/_matrix/client/v1/rooms/!s%3Ax/hierarchy", "p2"]])
  assert.deepEqual(shown(list.get()), [["-", "!a:x", "!unknown:x"], ["Far", "!e:x"]])
  assert.equal(list.get().categories[0]?.channels[1]?.membership, "none")
  assert.equal(list.get().categories[0]?.channels[1]?.preview?.joinRule, "knock")
  assert.deepEqual(list.get().joined, ["!a:x"])
})

test("a list does not change with what is unread", () => {
  const { rooms, index } = community()
  const list = channelList(rooms, index, "!s:x")
  const before = list.get()
  rooms.change("!a:x", { lastActivity: 99 })
  assert.equal(list.get(), before)
})
