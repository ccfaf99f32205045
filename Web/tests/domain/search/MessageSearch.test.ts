import assert from "node:assert/strict"
import { test } from "node:test"
import { hitGroups, MessageSearch } from "../../../source/domain/search/MessageSearch"
import { MatrixError, type SearchHit, type SearchPage, type SearchQuery } from "../../../source/matrix/contract/session"
import { event } from "../notifications/fixtures"

const hit = (room: string, id: string): SearchHit => ({ room, event: event({ id, key: id }) })

test("pages are added up, the same hit is shown once", async () => {
  const pages: SearchPage[] = [
    { hits: [hit("!a", "$1"), hit("!a", "$2")], count: 3, next: "n", highlights: ["cat"] },
    { hits: [hit("!a", "$2"), hit("!b", "$3")], count: undefined, next: undefined, highlights: ["cats"] },
  ]
  const asked: SearchQuery[] = []
  const search = new MessageSearch({ search: (query) => { asked.push(query); return Promise.resolve(pages[asked.length - 1] ?? assert.fail()) } })
  await search.run({ text: "cat" })
  await search.more()
  await search.more()
  assert.deepEqual(asked.map((query) => query.next), [undefined, "n"])
  const state = search.state.get()
  assert.deepEqual(state.hits.map((one) => one.event.id), ["$1", "$2", "$3"])
  assert.equal(state.count, 3)
  assert.deepEqual(state.highlights, ["cat", "cats"])
  assert(!state.hasMore)
  assert.deepEqual(hitGroups(state.hits).map((group) => [group.room, group.hits.length]), [["!a", 2], ["!b", 1]])
})

test("the late answer to an earlier search is dropped; failures are kept as such", async () => {
  const answers: ((page: SearchPage) => void)[] = []
  const search = new MessageSearch({ search: () => new Promise((resolve) => answers.push(resolve)) })
  const first = search.run({ text: "a" })
  const second = search.run({ text: "b" })
  answers[1]?.({ hits: [hit("!b", "$b")], count: 1, next: undefined, highlights: [] })
  answers[0]?.({ hits: [hit("!a", "$a")], count: 1, next: undefined, highlights: [] })
  await Promise.all([first, second])
  assert.deepEqual(search.state.get().hits.map((one) => one.event.id), ["$b"])
  const failing = new MessageSearch({ search: () => Promise.reject(new MatrixError("M_LIMIT_EXCEEDED", "slow", 429)) })
  await failing.run({ text: "a" })
  assert.equal(failing.state.get().kind, "failed")
  assert.equal(failing.state.get().error?.code, "M_LIMIT_EXCEEDED")
})
