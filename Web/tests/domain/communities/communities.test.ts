import assert from "node:assert/strict"
import { test } from "node:test"
import { asObject, type JSONObject, type JSONValue } from "../../../source/matrix/base/read"
import type { API } from "../../../source/matrix/contract/session"
import { orderAt, readCategories, withCategoryMoved, withChannel, writeCategories } from "../../../source/domain/communities/categories"
import { aliasFrom, createCommunity } from "../../../source/domain/communities/createCommunity"
import { templates } from "../../../source/domain/communities/templates"

/** A server that makes rooms and remembers what was written. */
function server() {
  const rooms: JSONObject[] = []
  const states: { path: string; body: JSONValue }[] = []
  const api = {
    homeserver: "http://x", get: refuse, post: refuse, delete: refuse, interactive: refuse,
    async put(path: string, body: JSONValue) {
      states.push({ path: decodeURIComponent(path), body })
      return {}
    },
  } as unknown as API
  const createRoom = async (options: JSONObject) => {
    rooms.push(options)
    return `!${rooms.length}:x`
  }
  return { rooms, states, session: { api, createRoom, userId: "@ada:x" } }
}

async function refuse(): Promise<never> {
  throw new Error("not expected")
}

function initial(room: JSONObject | undefined, type: string): JSONObject | undefined {
  const found = ((room?.initial_state ?? []) as JSONObject[]).find((event) => event.type === type)
  return asObject(found?.content)
}

test("a template becomes a space with channels that its members may join", async () => {
  const template = templates.find((one) => one.id === "club")
  assert.ok(template)
  const { rooms, states, session } = server()
  const steps: number[] = []
  const made = await createCommunity(session, { name: "Chess", isPublic: false, template, text: (key) => `<${key}>` }, (done, all) => steps.push(done / all))
  assert.equal(made.space, "!1:x")
  assert.equal(made.first, "!3:x")
  assert.equal(rooms.length, 7)
  assert.deepEqual(initial(rooms[1], "m.room.join_rules"), { join_rule: "restricted", allow: [{ type: "m.room_membership", room_id: "!1:x" }] })
  assert.deepEqual(initial(rooms[1], "m.space.parent"), { via: ["x"], canonical: true })
  // Announcements ask more of whom writes; the voice room has its type.
  assert.equal(asObject(rooms[1]?.power_level_content_override)?.events_default, 50)
  assert.deepEqual(asObject(rooms[6]?.creation_content), { type: "org.matrix.msc3417.call" })
  assert.equal(states.filter((one) => one.path.includes("/state/m.space.child/")).length, 6)
  const categories = readCategories(asObject(states[states.length - 1]?.body))
  assert.deepEqual(categories.map((category) => category.channels.length), [2, 3, 1])
  assert.equal(steps[steps.length - 1], 1)
  for (const room of rooms) assert.equal(asObject(room.power_level_content_override)?.users, undefined)
})

test("categories hold each channel once and can be rearranged", () => {
  const read = readCategories({ categories: [{ id: "a", name: "A", channels: ["!1", "!2"] }, { id: "b", channels: ["!2", "!3", 4] }, { id: "a" }, 5, {}] })
  assert.deepEqual(read, [{ id: "a", name: "A", channels: ["!1", "!2"] }, { id: "b", name: "b", channels: ["!3"] }])
  assert.deepEqual(withChannel(read, "!1", "b", "!3").map((category) => category.channels), [["!2"], ["!1", "!3"]])
  assert.deepEqual(withChannel(read, "!1", undefined).map((category) => category.channels), [["!2"], ["!3"]])
  assert.deepEqual(withCategoryMoved(read, "b", "a").map((category) => category.id), ["b", "a"])
  assert.deepEqual(readCategories(writeCategories(read)), read)
  const orders = Array.from({ length: 2000 }, (_, index) => orderAt(index))
  assert.deepEqual([...orders].sort(), orders)
})

test("an alias is made of a name", () => {
  assert.equal(aliasFrom("Café der Vögel!"), "cafe-der-vogel")
  assert.equal(aliasFrom("猫"), "")
})
