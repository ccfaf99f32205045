import assert from "node:assert/strict"
import { test } from "node:test"
import { parseSearch } from "../../../source/domain/search/query"
import { filterText, resolveSearch } from "../../../source/domain/search/resolve"

const people = [{ userId: "@anabel:x", displayName: "Anabel", avatar: undefined }, { userId: "@ana:x", displayName: "Ana Lind", avatar: undefined }]
const rooms = [{ id: "!g:x", name: "general", alias: "#general:x" }, { id: "!o:x", name: "Off topic", alias: undefined }]

function resolved(typed: string, room?: string) {
  const parsed = parseSearch(typed + " ")
  return resolveSearch(parsed.text, parsed.filters, room, people, rooms, "recent")
}

test("names become IDs, the exact name before one that only begins so", () => {
  assert.deepEqual(resolved('nest from:ana in:"off topic" has:image'), {
    kind: "query", query: { text: "nest", order: "recent", senders: ["@ana:x"], rooms: ["!o:x"], has: "image" },
  })
  assert.deepEqual(resolved("nest from:@other:y", "!g:x"), { kind: "query", query: { text: "nest", order: "recent", senders: ["@other:y"], rooms: ["!g:x"] } })
})

test("days are whole days: before ends where the day begins, after begins where it ends", () => {
  assert.deepEqual(resolved("nest before:2026-05-03 after:2026-05-01"), {
    kind: "query", query: { text: "nest", order: "recent", before: new Date(2026, 4, 3).getTime(), after: new Date(2026, 4, 2).getTime() },
  })
})

test("what is not known is told of, not searched for", () => {
  assert.deepEqual(resolved("nest from:zoe"), { kind: "unknown-person", value: "zoe" })
  assert.deepEqual(resolved("nest in:#lounge"), { kind: "unknown-room", value: "#lounge" })
})

test("filters can be typed as they are shown", () => {
  assert.equal(filterText({ kind: "in", value: "Off topic" }), 'in:"Off topic"')
  assert.equal(filterText({ kind: "from", value: "ana" }), "from:ana")
})
