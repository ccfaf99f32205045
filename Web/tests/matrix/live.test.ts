import assert from "node:assert/strict"
import { test } from "node:test"
import { homeserver, newPerson, openTab, until } from "./support/live"

const options = { skip: homeserver === undefined, timeout: 60_000 }
const text = (body: string) => ({ msgtype: "m.text", body })

test("two people talk", options, async () => {
  const ana = await newPerson("ana")
  const ben = await newPerson("ben")
  try {
    const id = await ana.session.createRoom({ name: "Kitchen", preset: "public_chat" })
    const kitchen = await ana.session.waitForRoom(id)
    assert.equal(kitchen.summary.get().name, "Kitchen")
    await ben.session.join(id)
    const bens = await ben.session.waitForRoom(id)
    const timeline = bens.open()
    const own = kitchen.open()
    const key = kitchen.send("m.room.message", text("hello"))
    assert.equal(own.events.get().find((event) => event.key === key)?.sending.kind, "queued")
    const seen = await until(timeline.events, (events) => events.some((event) => event.content["body"] === "hello"), "the message")
    assert.equal(seen[seen.length - 1]?.sender, ana.account.userId)
    const mine = await until(own.events, (events) => events.some((event) => event.key === key && event.sending.kind === "received" && event.id !== undefined), "the own message")
    assert.equal(mine.filter((event) => event.content["body"] === "hello").length, 1)

    const target = mine.find((event) => event.key === key)?.id ?? ""
    bens.react(target, "👍")
    await until(own.events, (events) => events.some((event) => event.reactions[0]?.key === "👍"), "the reaction")
    kitchen.edit(target, text("hello there"))
    const edited = await until(timeline.events, (events) => events.some((event) => event.content["body"] === "hello there"), "the edit")
    assert.equal(edited.find((event) => event.id === target)?.edited?.count, 1)
    bens.send("m.room.message", text("in the thread"), { threadRoot: target })
    const root = await until(own.events, (events) => events.some((event) => event.thread?.count === 1), "the thread")
    assert.ok(!root.some((event) => event.content["body"] === "in the thread"))
    const thread = kitchen.open({ kind: "thread", root: target })
    await until(thread.events, (events) => events.length === 2 && events[1]?.content["body"] === "in the thread", "the thread's reply")
    await kitchen.redact(target, "no more")
    await until(timeline.events, (events) => events.some((event) => event.id === target && event.redacted?.reason === "no more"), "the redaction")
  } finally {
    await ana.session.stop()
    await ben.session.stop()
  }
})
