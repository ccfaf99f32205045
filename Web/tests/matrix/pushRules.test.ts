import assert from "node:assert/strict"
import { test } from "node:test"
import { PushRules } from "../../source/matrix/rooms/PushRules"
import type { JSONObject, JSONValue } from "../../source/matrix/base/read"

const me = "@me:x"
const room = { id: "!r:x", joinedCount: 5, myName: "Me Myself", mayNotify: (sender: string) => sender === "@mod:x" }
const event = (content: JSONObject, type = "m.room.message", sender = "@you:x") => ({ type, sender, stateKey: undefined, content })
const rules = (kinds: { [kind: string]: JSONValue }) => new PushRules({ global: kinds }, me)
const highlight: JSONValue = ["notify", { set_tweak: "highlight" }, { set_tweak: "sound", value: "ping" }]

test("the first rule that matches decides, kind by kind", () => {
  const made = rules({
    override: [{ rule_id: "quiet", enabled: true, actions: [], conditions: [{ kind: "event_match", key: "content.body", pattern: "quiet" }] }],
    content: [{ rule_id: "word", enabled: true, actions: highlight, pattern: "swift*" }],
    underride: [{ rule_id: "any", enabled: true, actions: ["notify"], conditions: [] }],
  })
  assert.equal(made.evaluate(event({ body: "please be Quiet, swifts" }), room).notifies, false)
  assert.deepEqual(made.evaluate(event({ body: "two Swifts fly" }), room), { notifies: true, isHighlight: true, sound: "ping" })
  assert.equal(made.evaluate(event({ body: "unswift" }), room).isHighlight, false)
  assert.equal(made.evaluate(event({ body: "swift" }, "m.room.message", me), room).notifies, false)
})

test("mentions by m.mentions, and textual ones only without it", () => {
  const made = rules({
    override: [
      { rule_id: ".m.rule.is_user_mention", enabled: true, actions: highlight, conditions: [{ kind: "event_property_contains", key: "content.m\\.mentions.user_ids", value: me }] },
      { rule_id: ".m.rule.contains_display_name", enabled: true, actions: highlight, conditions: [{ kind: "contains_display_name" }] },
      { rule_id: ".m.rule.is_room_mention", enabled: true, actions: highlight, conditions: [{ kind: "event_property_is", key: "content.m\\.mentions.room", value: true }, { kind: "sender_notification_permission", key: "room" }] },
    ],
  })
  assert.equal(made.evaluate(event({ body: "hi", "m.mentions": { user_ids: [me] } }), room).isHighlight, true)
  assert.equal(made.evaluate(event({ body: "me myself, hi", "m.mentions": {} }), room).isHighlight, false)
  assert.equal(made.evaluate(event({ body: "hi, Me Myself!" }), room).isHighlight, true)
  assert.equal(made.evaluate(event({ body: "all", "m.mentions": { room: true } }), room).isHighlight, false)
  assert.equal(made.evaluate(event({ body: "all", "m.mentions": { room: true } }, "m.room.message", "@mod:x"), room).isHighlight, true)
})

test("rules of rooms and senders, member counts, and rules that are off or unknown", () => {
  const made = rules({
    room: [{ rule_id: "!r:x", enabled: true, actions: [] }],
    sender: [{ rule_id: "@you:x", enabled: true, actions: ["notify"] }],
    underride: [
      { rule_id: "off", enabled: false, actions: highlight, conditions: [] },
      { rule_id: "strange", enabled: true, actions: highlight, conditions: [{ kind: "of the future" }] },
      { rule_id: "two", enabled: true, actions: ["notify"], conditions: [{ kind: "room_member_count", is: "2" }] },
      { rule_id: "many", enabled: true, actions: highlight, conditions: [{ kind: "room_member_count", is: ">=5" }] },
    ],
  })
  assert.equal(made.level("!r:x"), "mentions")
  assert.equal(made.evaluate(event({}), room).notifies, false)
  assert.equal(made.evaluate(event({}), { ...room, id: "!other:x" }).isHighlight, false)
  assert.equal(made.evaluate(event({}, "m.room.message", "@third:x"), { ...room, id: "!other:x" }).isHighlight, true)
  assert.equal(made.evaluate(event({}, "m.room.message", "@third:x"), { ...room, id: "!other:x", joinedCount: 2 }).isHighlight, false)
})

test("a muted room is told by its override rule", () => {
  const made = rules({ override: [{ rule_id: "!r:x", enabled: true, actions: [], conditions: [{ kind: "event_match", key: "room_id", pattern: "!r:x" }] }] })
  assert.equal(made.level("!r:x"), "mute")
  assert.equal(made.level("!s:x"), "default")
})
