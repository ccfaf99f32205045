import assert from "node:assert/strict"
import { test } from "node:test"
import { excerpt, occurrences } from "../../../source/domain/search/highlight"
import { match, parts } from "../../../source/domain/search/match"
import { rank, type Candidate } from "../../../source/domain/search/rank"

function candidate(text: string, bonus = 0, ...otherTexts: string[]): Candidate {
  return { key: text, text, otherTexts, bonus }
}

function best(typed: string, ...texts: string[]) {
  return rank(typed, texts.map((text) => candidate(text)), 10).map((one) => one.candidate.text)
}

test("the whole comes before beginnings, beginnings before words, words before their insides", () => {
  assert.deepEqual(best("general", "generals", "the general", "degeneralise", "general", "off-topic"), ["general", "generals", "the general", "degeneralise"])
})

test("letters in order find words by their beginnings", () => {
  assert.deepEqual(best("gch", "gaucho", "garden-chat", "lounge"), ["garden-chat", "gaucho"])
  assert.equal(match("gch", "lounge"), undefined)
  assert.deepEqual(match("gch", "garden-chat")?.ranges, [[0, 1], [7, 9]])
  assert.equal(match("xyz", "general"), undefined)
})

test("accents and case do not matter, and what was matched is marked in the original", () => {
  const found = match("uber", "Die Übersicht")
  assert.deepEqual(found?.ranges, [[4, 8]])
  assert.deepEqual(parts("Die Übersicht", found?.ranges ?? []), ["Die ", "Über", "sicht"])
  assert.deepEqual(match("STRASSE", "Strasse")?.ranges, [[0, 7]])
})

test("every word must be found", () => {
  assert.equal(match("dev nothing", "development chat"), undefined)
  assert.deepEqual(match("chat dev", "development chat")?.ranges, [[0, 3], [12, 16]])
})

test("a recent or unread room wins among equals, not over a better name", () => {
  const found = rank("dev", [candidate("dev-a"), candidate("dev-b", 60), candidate("my dev", 60)], 10).map((one) => one.candidate.text)
  assert.deepEqual(found, ["dev-b", "dev-a", "my dev"])
  assert.deepEqual(rank("", [candidate("a"), candidate("b", 5)], 1).map((one) => one.candidate.text), ["b"])
})

test("other texts find it too, without marking the name", () => {
  const [found] = rank("#lobby", [candidate("Entrance", 0, "#lobby:example.org")], 5)
  assert.equal(found?.candidate.text, "Entrance")
  assert.deepEqual(found?.match.ranges, [])
})

test("found words are marked at the beginnings of words, in an excerpt around the first", () => {
  assert.deepEqual(occurrences("Cats and cat-like; concatenate", ["cat"]), [[0, 3], [9, 12]])
  const long = `${"lorem ipsum ".repeat(40)}needle ${"dolor sit ".repeat(40)}`
  const cut = excerpt(long, occurrences(long, ["needle"]), 100)
  assert(cut.text.length <= 102)
  const [range] = cut.ranges
  assert.equal(range === undefined ? "" : cut.text.slice(range[0], range[1]), "needle")
})
