import assert from "node:assert/strict"
import { test } from "node:test"
import { neighbour } from "../../../source/domain/rooms/neighbour"

test("the next and the one before, around the ends, of those that count", () => {
  const list = ["a", "b", "c", "d"]
  assert.equal(neighbour(list, "a", 1), "b")
  assert.equal(neighbour(list, "d", 1), "a")
  assert.equal(neighbour(list, "a", -1), "d")
  assert.equal(neighbour(list, undefined, 1), "a")
  assert.equal(neighbour(list, "elsewhere", -1), "d")
  assert.equal(neighbour(list, "b", 1, (item) => item === "a" || item === "b"), "a")
  assert.equal(neighbour(list, "b", 1, (item) => item === "b"), undefined)
  assert.equal(neighbour([], undefined, 1), undefined)
})
