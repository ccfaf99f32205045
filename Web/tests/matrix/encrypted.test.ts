import assert from "node:assert/strict"
import { test } from "node:test"
import { homeserver, newPerson, openTab, until } from "./support/live"

const options = { skip: homeserver === undefined, timeout: 60_000 }
const text = (body: string) => ({ msgtype: "m.text", body })

test("two people talk in an encrypted room, and find again what they said", options, async () => {
  const ana = await newPerson("ana")
  const ben = await newPerson("ben")
  try {
    await until(ana.session.encryption.setup, (setup) => setup.kind !== "unknown", "ana's encryption")
    await until(ben.session.encryption.setup, (setup) => setup.kind !== "unknown", "ben's encryption")
    const id = await ana.session.directRoom([ben.account.userId])
    await until(ben.session.rooms, (rooms) => rooms.some((room) => room.id === id), "the invitation")
    await ben.session.room(id)?.join()
    const bens = await ben.session.waitForRoom(id)
    const anas = await ana.session.waitForRoom(id)
    await until(anas.summary, (summary) => summary.joinedCount === 2, "both joined")
    const [own, other] = [anas.open(), bens.open()]
    const key = anas.send("m.room.message", text("Schön geheim"))
    await until(other.events, (events) => events.some((event) => event.content["body"] === "Schön geheim" && event.encryption.kind === "decrypted"), "the message readable")
    const mine = await until(own.events, (events) => events.some((event) => event.key === key && event.sending.kind === "received" && event.id !== undefined && event.encryption.kind === "decrypted"), "the own message")
    const target = mine.find((event) => event.key === key)?.id ?? ""
    anas.edit(target, text("Schön vertraulich"))
    await until(other.events, (events) => events.some((event) => event.content["body"] === "Schön vertraulich"), "the edit")
    bens.react(target, "❤️")
    await until(own.events, (events) => events.some((event) => event.reactions.length === 1), "the reaction")
    await until(bens.summary, (summary) => summary.lastMessage?.content["body"] === "Schön vertraulich", "the last message in the list")
    bens.send("m.room.message", { ...text("ana!"), "m.mentions": { user_ids: [ana.account.userId] } })
    await until(anas.summary, (summary) => summary.unread.highlights === 1, "the mention that only the client sees")
    await anas.markRead()
    await until(anas.summary, (summary) => summary.unread.highlights === 0, "it read")
    const file = new Blob(["the bytes of a picture"], { type: "image/png" })
    anas.sendFile({ blob: file, name: "picture.png", mimeType: "image/png" }, { msgtype: "m.image", body: "picture.png" })
    const withFile = await until(other.events, (events) => events.some((event) => event.content["msgtype"] === "m.image" && event.encryption.kind === "decrypted"), "the file")
    const place = withFile.find((event) => event.content["msgtype"] === "m.image")?.content["file"]
    const handle = ben.session.media.file(place as never, "image/png")
    const loaded = await until(handle.state, (state) => state.blob !== undefined, "the file's bytes")
    assert.equal(await loaded.blob?.text(), "the bytes of a picture")

    const found = await ben.session.search({ text: "schon vertr" })
    assert.deepEqual(found.hits.map((hit) => hit.event.content["body"]), ["Schön vertraulich"])
    await ben.session.stop()
    const again = await openTab(ben.browser, ben.account)
    const reopened = again.room(id)?.open()
    assert.ok(reopened)
    await until(reopened.events, (events) => events.some((event) => event.content["body"] === "Schön vertraulich"), "the message after a reload")
    assert.equal((await again.search({ text: "vertraulich" })).hits.length, 1)
    await again.stop()
  } finally {
    await ana.session.stop()
    await ben.session.stop()
  }
})

test("two tabs of one device both read and write an encrypted room", options, async () => {
  const ana = await newPerson("ana")
  const ben = await newPerson("ben")
  const second = await openTab(ana.browser, ana.account)
  try {
    const id = await ana.session.directRoom([ben.account.userId])
    await until(ben.session.rooms, (rooms) => rooms.some((room) => room.id === id), "the invitation")
    await ben.session.room(id)?.join()
    const bens = await ben.session.waitForRoom(id)
    const [first, there] = [await ana.session.waitForRoom(id), await second.waitForRoom(id)]
    await until(first.summary, (summary) => summary.joinedCount === 2, "both joined")
    const [one, two, three] = [first.open(), there.open(), bens.open()]
    for (let count = 0; count < 5; count += 1) {
      first.send("m.room.message", text(`first ${count}`))
      there.send("m.room.message", text(`second ${count}`))
      bens.send("m.room.message", text(`ben ${count}`))
    }
    for (const timeline of [one, two, three]) {
      await until(timeline.events, (events) => events.filter((event) => event.type === "m.room.message" && event.sending.kind === "received" && event.id !== undefined && event.encryption.kind === "decrypted").length === 15, "all messages readable")
    }
  } finally {
    await ana.session.stop()
    await second.stop()
    await ben.session.stop()
  }
})
