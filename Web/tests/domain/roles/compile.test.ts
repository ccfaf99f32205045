import assert from "node:assert/strict"
import { test } from "node:test"
import type { JSONObject } from "../../../source/matrix/base/read"
import { compilePowerLevels } from "../../../source/domain/roles/compile"
import { allows, colourOf, levelOf, permit, readRoles, rolesOf, writeRoles } from "../../../source/domain/roles/Role"

const roles = readRoles({
  roles: [
    { id: "artist", name: "Artist", level: 0, colour: "#AA3355", hoisted: true },
    { id: "mod", name: "Moderator", level: 50, colour: "#2266aa" },
    { id: "admin", name: "Admin", level: 90 },
    { id: "mod", name: "Twice", level: 10 },
    { id: "not valid!", name: "x" }, 7, { id: "nameless", name: "  " },
  ],
  permissions: { "send-messages": 0, ban: 90, kick: 50, "mention-everyone": 250, invite: "many" },
})

function compile(changes: Partial<Parameters<typeof compilePowerLevels>[0]> = {}): JSONObject | undefined {
  return compilePowerLevels({
    table: roles, members: new Map(), overrides: undefined, current: { users: { "@owner:x": 100 } }, author: { userId: "@owner:x", level: 100 }, creators: new Set(), ...changes,
  })
}

test("roles are read with the highest first; what is malformed or twice is left out", () => {
  assert.deepEqual(roles.roles.map((role) => role.id), ["admin", "mod", "artist"])
  assert.equal(roles.levels["mention-everyone"], 100)
  assert.equal(roles.levels.invite, 0)
  assert.equal(roles.roles[2]?.colour, "#aa3355")
  assert.deepEqual(readRoles(writeRoles(roles)), roles)
})

test("a member's roles give a level and a colour", () => {
  const own = rolesOf(roles, { roles: ["artist", "mod", "gone"] })
  assert.deepEqual(own.map((role) => role.id), ["mod", "artist"])
  assert.equal(levelOf(own), 50)
  assert.equal(colourOf(own), "#2266aa")
})

test("a permission given to a role is given to all above it and to none below", () => {
  const [admin, mod, artist] = roles.roles
  assert.ok(admin && mod && artist)
  const table = permit(roles, "ban", mod)
  assert.deepEqual([allows(table, admin, "ban"), allows(table, mod, "ban"), allows(table, artist, "ban"), allows(table, "everybody", "ban")], [true, true, false, false])
  assert.equal(allows(permit(roles, "ban", "owners"), admin, "ban"), false)
})

test("roles become power levels, and a second time nothing changes", () => {
  const members = new Map([["@mod:x", { roles: ["mod"] }], ["@artist:x", { roles: ["artist"] }]])
  const next = compile({ members })
  assert.ok(next)
  assert.deepEqual(next.users, { "@owner:x": 100, "@mod:x": 50 })
  assert.equal(next.ban, 90)
  assert.deepEqual(next.notifications, { room: 100 })
  assert.equal((next.events as JSONObject)["m.room.power_levels"], 100)
  assert.equal(compile({ members, current: next }), undefined)
})

test("what roles do not speak of stays", () => {
  const current = { users: { "@owner:x": 100, "@bot:x": 30 }, events: { "org.example.thing": 7 }, users_default: 0, unknown: { a: 1 } }
  const next = compile({ current })
  assert.ok(next)
  assert.equal((next.users as JSONObject)["@bot:x"], 30)
  assert.equal((next.events as JSONObject)["org.example.thing"], 7)
  assert.deepEqual(next.unknown, { a: 1 })
})

test("an author touches nobody at or above their own level, and sets nothing above it", () => {
  const members = new Map([["@other:x", { roles: [] as string[] }], ["@new:x", { roles: ["admin"] }]])
  const next = compile({
    members, dismissed: new Set(["@other:x"]), author: { userId: "@second:x", level: 60 },
    current: { users: { "@owner:x": 100, "@second:x": 60, "@other:x": 60 }, events: { "m.room.power_levels": 60 }, ban: 70 },
  })
  assert.ok(next)
  assert.deepEqual(next.users, { "@owner:x": 100, "@second:x": 60, "@other:x": 60 })
  assert.equal(next.ban, 70)
  assert.equal((next.events as JSONObject)["m.room.power_levels"], 60)
})

test("who loses the last role falls back to the default; a role for show takes nothing away", () => {
  const next = compile({ current: { users: { "@owner:x": 100, "@mod:x": 50 } }, dismissed: new Set(["@mod:x"]) })
  assert.deepEqual(next?.users, { "@owner:x": 100 })
  const kept = compile({ current: { users: { "@owner:x": 100, "@bot:x": 40 } }, members: new Map([["@bot:x", { roles: ["artist"] }]]) })
  assert.deepEqual(kept?.users, { "@owner:x": 100, "@bot:x": 40 })
})

test("creators of version 12 rooms are never listed", () => {
  const next = compile({ creators: new Set(["@owner:x"]), current: { users: {} }, members: new Map([["@owner:x", { roles: ["admin"] }]]), author: { userId: "@owner:x", level: Infinity } })
  assert.deepEqual(next?.users, {})
})

test("a channel may ask for more, or for less", () => {
  const next = compile({ overrides: { permissions: { "send-messages": 50, ban: 60 } } })
  assert.equal(next?.events_default, 50)
  assert.equal(next?.ban, 60)
})
