import assert from "node:assert/strict"
import { test } from "node:test"
import { HeightIndex } from "../../../source/domain/timeline/HeightIndex"
import { RowBuilder, type RowOptions } from "../../../source/domain/timeline/rows"
import type { JSONObject } from "../../../source/matrix/base/read"
import type { TimelineEvent } from "../../../source/matrix/contract/timeline"

const options: RowOptions = { unreadAfter: undefined, ownUserId: "@me:x.example", ignored: new Set(), minutesEast: () => 0, showsMembership: true, showsProfileChanges: true }
const noon = Date.UTC(2026, 4, 3, 12)
let count = 0

function event(over: Partial<TimelineEvent> = {}, content: JSONObject = { msgtype: "m.text", body: "x" }): TimelineEvent {
  count += 1
  const id = `$${count}`
  return {
    key: id, id, sender: "@ana:x.example", timestamp: noon + count * 1000, type: "m.room.message", stateKey: undefined, content, previousContent: undefined, edited: undefined, redacted: undefined,
    encryption: { kind: "none" }, sending: { kind: "received" }, reactions: [], replyTo: undefined, threadRoot: undefined, thread: undefined, poll: undefined, mentionsMe: false, source: {}, ...over,
  }
}

const joined = (user: string) => event({ type: "m.room.member", stateKey: user, sender: user }, { membership: "join" })
const picture = (over: Partial<TimelineEvent> = {}) => event(over, { msgtype: "m.image", body: "a.png", url: "mxc://x.example/a" })
const kinds = (events: readonly TimelineEvent[], over: Partial<RowOptions> = {}) => new RowBuilder().build(events, { ...options, ...over }).rows.map((row) => (row.kind === "message" ? (row.startsGroup ? "group" : "more") : row.kind))

test("messages of one person within seven minutes stand together", () => {
  const first = event({ timestamp: noon })
  assert.deepEqual(kinds([first, event({ timestamp: noon + 60_000 }), event({ timestamp: noon + 9 * 60_000 }), event({ sender: "@ben:x.example", timestamp: noon + 9 * 60_000 })]), ["day", "group", "more", "group", "group"])
  assert.deepEqual(kinds([first, event({ replyTo: "$1", timestamp: noon + 1000 })]), ["day", "group", "group"])
})

test("a day begins with its line, in local time", () => {
  const events = [event({ timestamp: noon }), event({ timestamp: noon + 11 * 3_600_000 }), event({ timestamp: noon + 13 * 3_600_000 })]
  assert.deepEqual(kinds(events), ["day", "group", "group", "day", "group"])
  assert.deepEqual(kinds(events, { minutesEast: () => 120 }), ["day", "group", "day", "group", "group"])
})

test("the unread line stands before the first message of others", () => {
  const read = event()
  assert.deepEqual(kinds([read, event({ sender: "@me:x.example" }), event()], { unreadAfter: read.id }), ["day", "group", "group", "unread", "group"])
  assert.deepEqual(kinds([event(), read], { unreadAfter: read.id }), ["day", "group", "more"])
})

test("changes of members are one row, others are their own", () => {
  assert.deepEqual(kinds([joined("@a:x"), joined("@b:x"), event({ type: "m.room.name", stateKey: "" }, { name: "n" }), joined("@c:x"), event()]), ["day", "system", "system", "system", "group"])
  assert.deepEqual(kinds([joined("@a:x"), event()], { showsMembership: false }), ["day", "group"])
})

test("pictures one after the other are a gallery, unless something belongs to one of them", () => {
  const rows = new RowBuilder().build([picture(), picture(), picture()], options).rows
  assert.equal(rows[1]?.kind === "message" ? rows[1].events.length : 0, 3)
  assert.deepEqual(kinds([picture(), picture({ reactions: [{ key: "a", shortcode: undefined, count: 1, senders: [], mine: undefined }] })]), ["day", "group", "more"])
})

test("ignored people are not shown and unknown events stand nowhere, but have a place", () => {
  const shown = event()
  const hidden = event({ type: "org.example.thing" })
  const { rows, rowOf } = new RowBuilder().build([shown, hidden, event({ sender: "@bad:x.example" })], { ...options, ignored: new Set(["@bad:x.example"]) })
  assert.equal(rows.length, 2)
  assert.equal(rowOf.get(hidden.id ?? ""), 1)
})

test("rows keep their identity, also of galleries and runs", () => {
  const builder = new RowBuilder()
  const events = [event(), joined("@a:x"), joined("@b:x"), picture(), picture(), event({ sender: "@ben:x.example" })]
  const before = builder.build(events, options).rows
  const after = builder.build([...events, event()], options).rows
  before.forEach((row, index) => assert.equal(after[index], row))
})

test("going on from what was there gives the same as beginning anew", () => {
  const events = [
    event(), picture(), picture(), picture(), joined("@a:x"), joined("@b:x"), event({ sender: "@me:x.example" }), event({ sender: "@ben:x.example" }), picture({ sender: "@ben:x.example" }), picture({ sender: "@ben:x.example" }),
    event({ type: "org.example.thing" }), event(), joined("@c:x"), event({ timestamp: noon + 40 * 3_600_000 }), event({ timestamp: noon + 40 * 3_600_000 + 1 }),
  ]
  const told = { ...options, unreadAfter: events[5]?.id }
  const step = new RowBuilder()
  for (let count = 0; count <= events.length; count += 1) {
    const stepped = step.build(events.slice(0, count), told)
    const anew = new RowBuilder().build(events.slice(0, count), told)
    assert.deepEqual(stepped.rows, anew.rows)
    assert.deepEqual([...stepped.rowOf], [...anew.rowOf])
    assert.equal(stepped.unreadCount, anew.unreadCount)
  }
})

test("fifty thousand events are rows in a moment", () => {
  const events = Array.from({ length: 50_000 }, (_, index) => event({ sender: `@${index % 7}:x.example`, timestamp: noon + index * 30_000 }))
  const builder = new RowBuilder()
  builder.build(events, options)
  const started = Date.now()
  builder.build([...events, event({ timestamp: noon + 50_000 * 30_000 })], options)
  const took = Date.now() - started
  assert.ok(took < 400, `${took} ms`)
})

test("heights sum up and rows are found by position", () => {
  const heights = Array.from({ length: 1000 }, (_, index) => (index * 37) % 91)
  const index = new HeightIndex(heights)
  index.set(500, 1234)
  heights[500] = 1234
  let sum = 0
  heights.forEach((height, place) => {
    assert.equal(index.offset(place), sum)
    if (height > 0) {
      assert.equal(index.indexAt(sum), place)
      assert.equal(index.indexAt(sum + height - 0.5), place)
    }
    sum += height
  })
  assert.equal(index.total, sum)
  for (let added = 0; added < 300; added += 1) {
    index.append(added % 7)
    sum += added % 7
    assert.equal(index.total, sum)
  }
  index.set(1250, 500)
  assert.equal(index.total, sum - (250 % 7) + 500)
  assert.equal(index.indexAt(index.offset(1250) + 499), 1250)
  assert.equal(index.indexAt(1e9), 1299)
  assert.equal(new HeightIndex([]).indexAt(5), 0)
})
