import assert from "node:assert/strict"
import { test } from "node:test"
import { memberGroups, memberRows } from "../../../source/domain/rooms/memberGroups"
import type { Member } from "../../../source/matrix/contract/room"

function person(name: string, powerLevel = 0, membership: Member["membership"] = "join"): Member {
  return { userId: `@${name.toLowerCase()}:x`, membership, displayName: name, avatar: undefined, powerLevel, isAmbiguous: false, reason: undefined }
}

const people = [person("Ana", 100), person("Bea", 50), person("Cy"), person("Dée"), person("Eve", 0, "invite"), person("Fa", Infinity), person("Gone", 100, "leave")]
const ids = (groups: ReturnType<typeof memberGroups>) => groups.map((group) => [group.id, ...group.members.map((one) => one.displayName)])

test("members are grouped by power level where there are no roles", () => {
  assert.deepEqual(ids(memberGroups(people, { roles: [], isOnline: undefined, filter: "" })), [
    ["owners", "Fa"], ["admins", "Ana"], ["moderators", "Bea"], ["members", "Cy", "Dée"], ["invited", "Eve"],
  ])
})

test("with roles and presence: the first role counts, who is offline comes last", () => {
  const role = (id: string, ...has: string[]) => ({ id, name: id, colour: undefined, has: (userId: string) => has.includes(userId) })
  const groups = memberGroups(people, { roles: [role("crew", "@cy:x", "@ana:x"), role("friends", "@cy:x", "@bea:x")], isOnline: (id) => id !== "@ana:x" && id !== "@fa:x", filter: "" })
  assert.deepEqual(ids(groups), [["role crew", "Cy"], ["role friends", "Bea"], ["online", "Dée"], ["offline", "Ana", "Fa"], ["invited", "Eve"]])
  assert.equal(memberRows(groups).length, 11)
})

test("the filter finds names without their accents, and IDs", () => {
  assert.deepEqual(ids(memberGroups(people, { roles: [], isOnline: undefined, filter: "dee" })), [["members", "Dée"]])
  assert.deepEqual(ids(memberGroups(people, { roles: [], isOnline: undefined, filter: "@cy:" })), [["members", "Cy"]])
})

test("50,000 members are grouped in one pass", () => {
  const many = Array.from({ length: 50_000 }, (_, number) => person(`P${number}`, number % 500 === 0 ? 50 : 0))
  const rows = memberRows(memberGroups(many, { roles: [], isOnline: undefined, filter: "" }))
  assert.equal(rows.length, 50_002)
})
