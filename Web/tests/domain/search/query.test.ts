import assert from "node:assert/strict"
import { test } from "node:test"
import { dayEnd, dayStart, parseSearch } from "../../../source/domain/search/query"

test("filters are taken out of the text", () => {
  assert.deepEqual(parseSearch('from:ana  where is  in:"Off topic" before:2026-05-01 has:IMAGE the cat '), {
    text: "where is the cat",
    filters: [{ kind: "from", value: "ana" }, { kind: "in", value: "Off topic" }, { kind: "before", value: "2026-05-01" }, { kind: "has", value: "image" }], pending: undefined,
  })
})

test("a filter at the end waits for its value; nonsense stays text", () => {
  assert.deepEqual(parseSearch("cat from:an"), { text: "cat", filters: [], pending: { kind: "from", value: "an" } })
  assert.deepEqual(parseSearch("cat from:"), { text: "cat", filters: [], pending: { kind: "from", value: "" } })
  assert.deepEqual(parseSearch("before:soon cat"), { text: "before:soon cat", filters: [], pending: undefined })
  assert.deepEqual(parseSearch("wherefrom:ana cat"), { text: "wherefrom:ana cat", filters: [], pending: undefined })
})

test("days begin and end where this machine is", () => {
  assert.equal(dayStart("2026-02-30"), undefined)
  assert.equal(dayEnd("2026-02-28"), new Date(2026, 2, 1).getTime())
})
