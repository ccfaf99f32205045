import assert from "node:assert/strict"
import { test } from "node:test"
import { decide, isQuiet, usualWishes, type Circumstances } from "../../../source/domain/notifications/decide"
import { gist } from "../../../source/domain/notifications/gist"
import { event } from "./fixtures"

const away: Circumstances = { me: "@me:x", weekday: 3, minute: 12 * 60, seenRooms: new Set(), hasFocus: false, isRoomMuted: false, isServerMuted: false }
const message = { room: "!r:x", event: { sender: "@ana:x" }, isHighlight: false, sound: "default" }
const mention = { ...message, isHighlight: true }

test("somebody who is away sees and hears it; a silent rule makes no sound", () => {
  assert.deepEqual(decide(message, usualWishes, away), { desktop: true, sound: "message" })
  assert.deepEqual(decide(mention, usualWishes, away), { desktop: true, sound: "mention" })
  assert.deepEqual(decide({ ...message, sound: undefined }, usualWishes, away), { desktop: true, sound: undefined })
})

test("nothing for own messages, muted rooms, the room being looked at, do not disturb", () => {
  const silent = { desktop: false, sound: undefined }
  assert.deepEqual(decide({ ...mention, event: { sender: "@me:x" } }, usualWishes, away), silent)
  assert.deepEqual(decide(mention, usualWishes, { ...away, isRoomMuted: true }), silent)
  assert.deepEqual(decide(mention, usualWishes, { ...away, hasFocus: true, seenRooms: new Set(["!r:x"]) }), silent)
  assert.deepEqual(decide(mention, { ...usualWishes, doNotDisturb: true }, away), silent)
})

test("in a muted server mentions are told of, other messages are not", () => {
  assert.deepEqual(decide(message, usualWishes, { ...away, isServerMuted: true }), { desktop: false, sound: undefined })
  assert.deepEqual(decide(mention, usualWishes, { ...away, isServerMuted: true }), { desktop: true, sound: "mention" })
})

test("with the window in front there is a sound and no banner", () => {
  assert.deepEqual(decide(message, usualWishes, { ...away, hasFocus: true, seenRooms: new Set(["!other:x"]) }), { desktop: false, sound: "message" })
  assert.deepEqual(decide(message, { ...usualWishes, sounds: false }, { ...away, hasFocus: true }), { desktop: false, sound: undefined })
})

test("quiet hours over midnight belong to the day on which they began", () => {
  const hours = { from: 22 * 60, to: 7 * 60, days: [5] }
  assert(isQuiet(hours, { weekday: 5, minute: 23 * 60 }))
  assert(isQuiet(hours, { weekday: 6, minute: 6 * 60 }))
  assert(!isQuiet(hours, { weekday: 6, minute: 23 * 60 }))
  assert(!isQuiet(hours, { weekday: 5, minute: 6 * 60 }))
  assert(!isQuiet({ from: 60, to: 60, days: [0, 1, 2, 3, 4, 5, 6] }, { weekday: 5, minute: 60 }))
})

test("the gist of messages", () => {
  assert.deepEqual(gist(event()), { kind: "text", text: "Hello" })
  assert.deepEqual(gist(event({ replyTo: "$x", content: { msgtype: "m.text", body: "> <@a:x> old\n> lines\n\nNew  one" } })), { kind: "text", text: "New one" })
  assert.deepEqual(gist(event({ content: { msgtype: "m.text", body: "the end: he dies", formatted_body: "the end: <span data-mx-spoiler>he dies</span>" } })), { kind: "text", text: "▒▒▒" })
  assert.deepEqual(gist(event({ content: { msgtype: "m.image", body: "cat.png" } })), { kind: "image", text: "" })
  assert.deepEqual(gist(event({ content: { msgtype: "m.image", body: "My cat", filename: "cat.png" } })), { kind: "image", text: "My cat" })
  assert.deepEqual(gist(event({ content: { msgtype: "m.file", body: "plan.pdf" } })), { kind: "file", text: "plan.pdf" })
  assert.deepEqual(gist(event({ type: "m.poll.start", content: { "m.poll": { question: { "m.text": [{ body: "Tea?" }] } } } })), { kind: "poll", text: "Tea?" })
  assert.equal(gist(event({ encryption: { kind: "undecryptable", reason: "waiting", detail: "" } })).kind, "undecryptable")
  assert.equal(gist(event({ redacted: { by: "@a:x", reason: undefined, timestamp: 1 } })).kind, "redacted")
})
