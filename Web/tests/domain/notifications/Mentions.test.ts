import assert from "node:assert/strict"
import { test } from "node:test"
import { Mentions } from "../../../source/domain/notifications/Mentions"
import type { JSONObject } from "../../../source/matrix/base/read"
import type { API } from "../../../source/matrix/contract/session"
import { event } from "./fixtures"

function session(...answers: (JSONObject | Error)[]) {
  const asked: unknown[] = []
  const api: Pick<API, "get"> = {
    get(_path, query) {
      asked.push(query?.from)
      const answer = answers.shift()
      return answer === undefined || answer instanceof Error ? Promise.reject(answer ?? new Error("asked too often")) : Promise.resolve(answer)
    },
  }
  return { asked, session: { api: api as API } }
}

const item = (id: string, ts: number, type = "m.room.message"): JSONObject =>
  ({ room_id: "!r:x", ts, read: true, event: { event_id: id, sender: "@ana:x", type, content: { msgtype: "m.text", body: `Body of ${id}` } } })

test("pages and what comes live are one list, the newest first, each event once", async () => {
  const { session: fake, asked } = session({ notifications: [item("$2", 2), item("$1", 1), 5, {}], next_token: "n" }, { notifications: [item("$0", 0), item("$1", 1)] })
  const mentions = new Mentions(fake)
  await mentions.load()
  mentions.receive({ room: "!r:x", event: event({ id: "$3", timestamp: 3 }), isHighlight: true, sound: undefined })
  mentions.receive({ room: "!r:x", event: event({ id: "$4", timestamp: 4 }), isHighlight: false, sound: undefined })
  await mentions.more()
  await mentions.more()
  assert.deepEqual(asked, [undefined, "n"])
  assert.deepEqual(mentions.state.get().mentions.map((one) => one.eventId), ["$3", "$2", "$1", "$0"])
})

test("what was decrypted here is not replaced by what the server cannot read", async () => {
  const { session: fake } = session({ notifications: [item("$1", 1, "m.room.encrypted")] })
  const mentions = new Mentions(fake)
  mentions.receive({ room: "!r:x", event: event({ id: "$1", timestamp: 1 }), isHighlight: true, sound: undefined })
  await mentions.load()
  assert.deepEqual(mentions.state.get().mentions.map((one) => [one.gist.text, one.wasRead]), [["Hello", true]])
})

test("a failure keeps what is there", async () => {
  const { session: fake } = session({ notifications: [item("$1", 1)], next_token: "n" }, new Error("offline"))
  const mentions = new Mentions(fake)
  await mentions.load()
  await mentions.more()
  assert.equal(mentions.state.get().kind, "failed")
  assert.equal(mentions.state.get().mentions.length, 1)
})
