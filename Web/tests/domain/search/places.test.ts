import assert from "node:assert/strict"
import { test } from "node:test"
import { RoomIndex } from "../../../source/domain/rooms/RoomIndex"
import { matchingPeople, typedUserID } from "../../../source/domain/search/people"
import { knownPeople, narrowed, placeCandidates } from "../../../source/domain/search/places"
import { rank } from "../../../source/domain/search/rank"
import { FakeRooms, summary, unread } from "../rooms/fixtures"

const hero = (name: string) => ({ userId: `@${name.toLowerCase()}:x`, membership: "join" as const, displayName: name, avatar: undefined, powerLevel: 0, isAmbiguous: false, reason: undefined })

function filled() {
  const rooms = new FakeRooms()
  rooms.put(
    summary("!s:x", { type: "m.space", name: "Bakers" }), summary("!general:x", { name: "general", unread: unread(1, 0) }), summary("!general2:x", { name: "general" }),
    summary("!ana:x", { name: "Ana", isDirect: true, directUsers: ["@ana:x"], heroes: [hero("Ana")], lastActivity: 3 }), summary("!left:x", { name: "general", membership: "leave" }),
    summary("!ben:x", { name: "Ben", isDirect: true, directUsers: ["@ben:x"], heroes: [hero("Ben")], lastActivity: 9 }),
  )
  rooms.room("!s:x").setChildren(["!general:x"])
  const index = new RoomIndex(rooms)
  index.start()
  return { rooms, index }
}

test("rooms, servers and people; unread before read, found by the server's name too", () => {
  const { rooms, index } = filled()
  const candidates = placeCandidates(rooms.rooms.get(), index, [], (one) => one.name ?? "")
  assert.deepEqual(candidates.map((one) => one.place.kind).sort(), ["person", "person", "room", "room", "server"])
  assert.deepEqual(rank("general", candidates, 5).map((one) => one.candidate.key), ["!general:x", "!general2:x"])
  assert.equal(rank("general bakers", candidates, 5)[0]?.candidate.key, "!general:x")
  assert.equal(rank("", placeCandidates(rooms.rooms.get(), index, ["!ben:x"], (one) => one.name ?? ""), 1)[0]?.candidate.key, "!ben:x")
})

test("a first letter narrows down what is looked for", () => {
  assert.deepEqual(narrowed("#gen"), { text: "gen", kind: "room" })
  assert.deepEqual(narrowed("  @an"), { text: "an", kind: "person" })
  assert.deepEqual(narrowed("gen"), { text: "gen", kind: undefined })
  assert.deepEqual(narrowed(""), { text: "", kind: undefined })
})

test("people of conversations, the latest first, and whole IDs", () => {
  const { rooms } = filled()
  const people = knownPeople(rooms.rooms.get())
  assert.deepEqual(people.map((one) => one.userId), ["@ben:x", "@ana:x"])
  assert.deepEqual(matchingPeople(people, "an", 5).map((one) => one.userId), ["@ana:x"])
  assert.equal(typedUserID(" @ana:example.org "), "@ana:example.org")
  assert.equal(typedUserID("https://matrix.to/#/%40ana%3Aexample.org"), "@ana:example.org")
  assert.equal(typedUserID("https://matrix.to/#/@ana:example.org"), "@ana:example.org")
  assert.equal(typedUserID("ana"), undefined)
  assert.equal(typedUserID("@ana"), undefined)
})
