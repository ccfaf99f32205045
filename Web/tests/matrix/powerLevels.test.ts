import assert from "node:assert/strict"
import { test } from "node:test"
import { PowerLevels } from "../../source/matrix/rooms/PowerLevels"

test("creators of version 12 stand above everybody, of older versions they have a level like all", () => {
  const content = { users: { "@mod:x": 50 }, events: { "m.room.name": 60 } }
  const newer = new PowerLevels(content, undefined, ["@maker:x", "@second:x"], "12")
  assert.equal(newer.levelOf("@second:x"), Infinity)
  assert.equal(newer.permissions("@maker:x", true).outranks("@mod:x"), true)
  assert.equal(newer.permissions("@maker:x", true).canSendState("m.room.name"), true)
  const older = new PowerLevels(content, undefined, ["@maker:x"], "11")
  assert.equal(older.levelOf("@maker:x"), 0)
  assert.equal(new PowerLevels(undefined, undefined, ["@maker:x"], "11").levelOf("@maker:x"), 100)
})

test("levels as text, defaults, and somebody who is not in the room", () => {
  const levels = new PowerLevels({ users: { "@mod:x": "50" }, users_default: 1 }, undefined, [], "1")
  assert.equal(levels.levelOf("@mod:x"), 50)
  assert.equal(levels.levelOf("@other:x"), 1)
  assert.equal(levels.permissions("@mod:x", true).canBan, true)
  assert.equal(levels.permissions("@mod:x", false).canSend("m.room.message"), false)
  assert.equal(new PowerLevels(undefined, undefined, [], "11").permissions("@a:x", true).canInvite, true)
})
