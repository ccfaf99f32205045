import assert from "node:assert/strict"
import { test } from "node:test"
import { roomKind } from "../../../source/domain/rooms/roomKind"
import { memberName, personOf, roomName, serverName } from "../../../source/domain/rooms/roomName"
import { unreadMark } from "../../../source/domain/rooms/unread"
import type { Member } from "../../../source/matrix/contract/room"
import { summary, unread } from "./fixtures"

const hero = (name: string): Member => ({ userId: `@${name.toLowerCase()}:x`, membership: "join", displayName: name, avatar: undefined, powerLevel: 0, isAmbiguous: false, reason: undefined })

test("a room without a name is called by its people, and says how many more there are", () => {
  assert.deepEqual(roomName(summary("!a:x", { name: "Den" })), { kind: "named", name: "Den" })
  assert.deepEqual(roomName(summary("!a:x", { name: undefined, heroes: ["Ana", "Ben", "Cy", "Di"].map(hero), joinedCount: 7 })), { kind: "people", names: ["Ana", "Ben", "Cy"], others: 3 })
  assert.deepEqual(roomName(summary("!a:x", { name: undefined, heroes: [hero("Ana")], joinedCount: 1 })), { kind: "empty", formerly: "Ana" })
  assert.deepEqual(roomName(summary("!a:x", { name: "", alias: "#den:x", joinedCount: 3 })), { kind: "named", name: "#den:x" })
})

test("somebody without a name is called by the first part of the ID", () => {
  assert.equal(memberName({ userId: "@ana:example.org", displayName: "  " }), "ana")
  assert.equal(serverName("@ana:example.org:8448"), "example.org:8448")
})

test("a direct conversation of three is not with one person", () => {
  const direct = { isDirect: true, directUsers: ["@ana:x"] }
  assert.equal(personOf(summary("!a:x", { ...direct, joinedCount: 2 })), "@ana:x")
  assert.equal(personOf(summary("!a:x", { ...direct, joinedCount: 2, invitedCount: 1 })), undefined)
  assert.equal(personOf(summary("!a:x", { joinedCount: 2 })), undefined)
})

test("kinds of channels", () => {
  assert.equal(roomKind({ type: "org.matrix.msc3417.call", joinRule: "public" }), "voice")
  assert.equal(roomKind({ type: undefined, joinRule: "invite" }), "private")
  assert.equal(roomKind({ type: undefined, joinRule: "public" }, { events_default: 50 }), "announcement")
  assert.equal(roomKind({ type: undefined, joinRule: "public" }, { events_default: 50, events: { "m.room.message": 0 } }), "text")
})

test("badges count mentions in channels and all messages in direct conversations", () => {
  assert.equal(unreadMark(summary("!a:x", { unread: unread(5, 2) })).badge, 2)
  assert.equal(unreadMark(summary("!a:x", { unread: unread(5, 2), isDirect: true })).badge, 5)
  assert.deepEqual(unreadMark(summary("!a:x", { unread: unread(5, 0), isMuted: true, isDirect: true })), { isUnread: false, badge: 0, isMention: false, messages: 0 })
  assert.equal(unreadMark(summary("!a:x", { unread: { ...unread(0, 0), isMarked: true }, isDirect: true })).badge, 1)
})
