import assert from "node:assert/strict"
import { test } from "node:test"
import { homeserver, newPerson as personWith, openTab, signIn, until } from "./support/live"
import { MemoryBrowser, nodeFetch } from "./support/MemoryPlatform"
import type { HTTPRequest } from "../../source/matrix/contract/platform"
import { asObject } from "../../source/matrix/base/read"

const options = { skip: homeserver === undefined, timeout: 60_000 }
const text = (body: string) => ({ msgtype: "m.text", body })

/** A server that knows no sliding sync. */
async function plainServer(request: HTTPRequest) {
  const answer = await nodeFetch(request)
  if (!request.url.endsWith("/versions")) return answer
  return { ...answer, body: { ...asObject(answer.body), unstable_features: {} } }
}

for (const kind of ["sliding", "plain"] as const) {
const newPerson = (name: string) => personWith(name, new MemoryBrowser(kind === "plain" ? plainServer : nodeFetch))

test(`${kind} sync: two people talk`, options, async () => {
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

test(`${kind} sync: what is written offline goes out once, in order, also after a reload`, options, async () => {
  const ana = await newPerson("ana")
  const id = await ana.session.createRoom({ name: "Cellar" })
  const cellar = await ana.session.waitForRoom(id)
  ana.browser.setOnline(false)
  cellar.send("m.room.message", text("one"))
  cellar.send("m.room.message", text("two"))
  await until(ana.session.outbox, (entries) => entries.length === 2, "the outbox")
  await new Promise((resolve) => setTimeout(resolve, 300))
  await ana.session.stop()
  const again = await openTab(ana.browser, ana.account)
  try {
    const room = again.room(id)
    assert.ok(room)
    const timeline = room.open()
    assert.equal(room.summary.get().name, "Cellar")
    await until(timeline.events, (events) => events.filter((event) => event.sending.kind !== "received").length === 2, "both entries after the reload")
    room.send("m.room.message", text("three"))
    ana.browser.setOnline(true)
    const events = await until(timeline.events, (all) => all.filter((event) => event.type === "m.room.message" && event.sending.kind === "received" && event.id !== undefined).length === 3, "all three")
    assert.deepEqual(events.filter((event) => event.type === "m.room.message").map((event) => event.content["body"]), ["one", "two", "three"])
    await until(again.outbox, (entries) => entries.length === 0, "an empty outbox")
    const answer = await again.api.get(`/_matrix/client/v3/rooms/${encodeURIComponent(id)}/messages`, { dir: "b", limit: 50 })
    const bodies = (answer["chunk"] as { content: { body?: string } }[]).flatMap((event) => event.content.body ?? [])
    assert.deepEqual(bodies, ["three", "two", "one"])
  } finally {
    await again.stop()
  }
})

test(`${kind} sync: a refusal stops only what was refused`, options, async () => {
  const ana = await newPerson("ana")
  const ben = await newPerson("ben")
  try {
    const id = await ana.session.createRoom({ preset: "public_chat", power_level_content_override: { events: { "m.sticker": 50 } } })
    await ben.session.join(id)
    const room = await ben.session.waitForRoom(id)
    const timeline = room.open()
    const sticker = room.send("m.sticker", { body: "no", url: "mxc://a/b", info: {} })
    const message = room.send("m.room.message", text("yes"))
    await until(timeline.events, (events) => events.some((event) => event.key === message && event.sending.kind === "received"), "the message")
    const failed = timeline.events.get().find((event) => event.key === sticker)?.sending
    assert.equal(failed?.kind === "failed" && failed.isFinal, true)
    room.cancel(sticker)
    await until(timeline.events, (events) => !events.some((event) => event.key === sticker), "the refused one gone")
  } finally {
    await ana.session.stop()
    await ben.session.stop()
  }
})

test(`${kind} sync: what was missed is no hole, and the app opens from its store`, options, async () => {
  const ana = await newPerson("ana")
  const ben = await newPerson("ben")
  const id = await ana.session.createRoom({ name: "Attic", preset: "public_chat" })
  await ben.session.join(id)
  const bens = await ben.session.waitForRoom(id)
  const attic = await ana.session.waitForRoom(id)
  attic.send("m.room.message", text("first"))
  const before = bens.open()
  await until(before.events, (events) => events.some((event) => event.content["body"] === "first"), "the first")
  await ben.session.stop()
  for (let count = 0; count < 120; count += 1) attic.send("m.room.message", text(`number ${count}`))
  await until(ana.session.outbox, (entries) => entries.length === 0, "an empty outbox")
  ben.browser.setOnline(false)
  const again = await openTab(ben.browser, ben.account)
  try {
    const room = again.room(id)
    assert.ok(room)
    assert.equal(room.summary.get().name, "Attic")
    const timeline = room.open()
    await until(timeline.events, (events) => events.some((event) => event.content["body"] === "first"), "the first, from the store")
    ben.browser.setOnline(true)
    const events = await until(timeline.events, (all) => all.some((event) => event.content["body"] === "number 119") && all.some((event) => event.content["body"] === "first"), "the last")
    const bodies = events.filter((event) => event.type === "m.room.message").map((event) => event.content["body"])
    assert.deepEqual(bodies, ["first", ...Array.from({ length: 120 }, (_, count) => `number ${count}`)])
    assert.ok(room.summary.get().unread.isUnread)
    await room.markRead()
    await until(room.summary, (summary) => !summary.unread.isUnread && summary.unread.notifications === 0, "all read")
  } finally {
    await ana.session.stop()
    await again.stop()
  }
})

test(`${kind} sync: two tabs show the same, and the second goes on when the first closes`, options, async () => {
  const ana = await newPerson("ana")
  const second = await openTab(ana.browser, ana.account)
  try {
    const id = await ana.session.createRoom({ name: "Hall" })
    const hall = await ana.session.waitForRoom(id)
    const there = await second.waitForRoom(id)
    const [first, other] = [hall.open(), there.open()]
    hall.send("m.room.message", text("from the first"))
    there.send("m.room.message", text("from the second"))
    const isComplete = (events: readonly { readonly type: string; readonly sending: { readonly kind: string } }[]) => events.filter((event) => event.type === "m.room.message" && event.sending.kind === "received").length === 2
    await until(first.events, isComplete, "both in the first tab")
    await until(other.events, isComplete, "both in the second tab")
    await ana.session.stop()
    there.send("m.room.message", text("alone"))
    await until(other.events, (events) => events.filter((event) => event.type === "m.room.message" && event.sending.kind === "received" && event.id !== undefined).length === 3, "the third")
    await until(second.status, (status) => status.kind === "live", "the second tab syncing")
  } finally {
    await second.stop()
  }
})

test(`${kind} sync: when the browser clears its storage everything comes from the server again`, options, async () => {
  const ana = await newPerson("ana")
  try {
    const id = await ana.session.createRoom({ name: "Porch" })
    const porch = await ana.session.waitForRoom(id)
    ana.browser.clearStorage()
    await porch.setState("m.room.name", "", { name: "Veranda" })
    await until(porch.summary, (summary) => summary.name === "Veranda", "the new name")
  } finally {
    await ana.session.stop()
  }
})

test(`${kind} sync: invitations, leaving, being removed`, options, async () => {
  const ana = await newPerson("ana")
  const ben = await newPerson("ben")
  try {
    const heard: string[] = []
    ben.session.onNotification(({ event }) => heard.push(event.type))
    const id = await ana.session.createRoom({ name: "Salon", invite: [ben.account.userId] })
    const summaries = await until(ben.session.rooms, (rooms) => rooms.some((room) => room.id === id && room.membership === "invite"), "the invitation")
    const invited = summaries.find((room) => room.id === id)
    assert.equal(invited?.name, "Salon")
    assert.equal(invited?.inviter, ana.account.userId)
    const room = ben.session.room(id)
    assert.ok(room)
    await room.join()
    await ben.session.waitForRoom(id)
    const salon = await ana.session.waitForRoom(id)
    await until(salon.summary, (summary) => summary.joinedCount === 2, "two members")
    await salon.loadMembers()
    assert.equal(salon.members.get().length, 2)
    assert.equal(salon.permissions.get().canKick, true)
    assert.equal(room.permissions.get().canKick, false)
    await salon.kick(ben.account.userId, "out")
    await until(room.summary, (summary) => summary.membership === "leave", "the removal")
    await until(salon.members, (members) => members.length === 1, "one member")
    assert.deepEqual(heard, ["m.room.member"])
    await room.forget()
    assert.equal(ben.session.room(id), undefined)
  } finally {
    await ana.session.stop()
    await ben.session.stop()
  }
})

test(`${kind} sync: unread counts, mentions, muting, tags, direct rooms`, options, async () => {
  const ana = await newPerson("ana")
  const ben = await newPerson("ben")
  try {
    const id = await ana.session.createRoom({ name: "Library", preset: "public_chat" })
    await ben.session.join(id)
    const room = await ben.session.waitForRoom(id)
    const library = await ana.session.waitForRoom(id)
    await new Promise((resolve) => setTimeout(resolve, 300))
    const heard: boolean[] = []
    ben.session.onNotification(({ isHighlight }) => heard.push(isHighlight))
    library.send("m.room.message", { ...text("look, ben"), "m.mentions": { user_ids: [ben.account.userId] } })
    await until(room.summary, (summary) => summary.unread.highlights === 1 && summary.unread.isUnread, "the mention")
    await until({ get: () => heard.length, subscribe: room.summary.subscribe.bind(room.summary) }, () => true)
    const timeline = room.open()
    const events = await until(timeline.events, (all) => all.some((event) => event.mentionsMe), "the mention in the timeline")
    await room.markRead(events[events.length - 1]?.id)
    await until(room.summary, (summary) => summary.unread.highlights === 0 && !summary.unread.isUnread, "it read")
    await until(library.receipts, (receipts) => [...receipts.values()].some((list) => list.some((one) => one.userId === ben.account.userId)), "the receipt")
    assert.deepEqual(heard, [true])
    await room.setNotifications("mute")
    await until(room.summary, (summary) => summary.isMuted, "it muted")
    await room.setNotifications("default")
    await until(room.summary, (summary) => !summary.isMuted && summary.notifications === "default", "it loud")
    await room.setTag("m.favourite", 0.5)
    await until(room.summary, (summary) => summary.tags.get("m.favourite") === 0.5, "the tag")
    await room.markUnread(true)
    await until(room.summary, (summary) => summary.unread.isMarked, "it marked")
    room.setTyping(true)
    await until(library.typing, (users) => users.includes(ben.account.userId), "the typing")
    const direct = await ana.session.directRoom([ben.account.userId])
    const one = await ana.session.waitForRoom(direct)
    await until(one.summary, (summary) => summary.isDirect && summary.isEncrypted && summary.heroes.some((hero) => hero.userId === ben.account.userId), "the direct room")
    assert.equal(await ana.session.directRoom([ben.account.userId]), direct)
    await until(ben.session.rooms, (rooms) => rooms.some((summary) => summary.id === direct && summary.isDirect && summary.membership === "invite"), "the direct invitation")
  } finally {
    await ana.session.stop()
    await ben.session.stop()
  }
})

test(`${kind} sync: looking around an old message, and back to the present`, options, async () => {
  const ana = await newPerson("ana")
  try {
    const id = await ana.session.createRoom({ name: "Archive" })
    const room = await ana.session.waitForRoom(id)
    for (let count = 0; count < 150; count += 1) room.send("m.room.message", text(`number ${count}`))
    await until(ana.session.outbox, (entries) => entries.length === 0, "an empty outbox")
    await ana.session.stop()
    const fresh = await signIn(new MemoryBrowser(ana.browser.answer), ana.account.userId)
    const archive = await fresh.waitForRoom(id)
    const page = await fresh.api.get(`/_matrix/client/v3/rooms/${encodeURIComponent(id)}/messages`, { dir: "f", limit: 60 })
    const target = (page["chunk"] as { event_id: string; content: { body?: string } }[]).find((event) => event.content.body === "number 20")?.event_id ?? ""
    const timeline = archive.open({ kind: "around", eventId: target })
    await until(timeline.events, (events) => events.some((event) => event.id === target), "the old message")
    for (let tries = 0; tries < 10 && timeline.newer.get() !== "end"; tries += 1) await timeline.loadNewer()
    assert.equal(timeline.newer.get(), "end")
    for (let tries = 0; tries < 10 && timeline.older.get() !== "end"; tries += 1) await timeline.loadOlder()
    assert.equal(timeline.older.get(), "end")
    const numbers = () => timeline.events.get().filter((event) => event.type === "m.room.message").map((event) => event.content["body"])
    assert.deepEqual(numbers(), Array.from({ length: 150 }, (_, count) => `number ${count}`))
    archive.send("m.room.message", text("number 150"))
    await until(timeline.events, (events) => events.some((event) => event.content["body"] === "number 150" && event.id !== undefined && event.sending.kind === "received"), "the newest")
    await fresh.stop()
  } finally {
    await ana.session.stop()
  }
})

test(`${kind} sync: polls, files, previews, search, and signing out`, options, async () => {
  const ana = await newPerson("ana")
  const ben = await newPerson("ben")
  try {
    const id = await ana.session.createRoom({ name: "Forum", preset: "public_chat" })
    const preview = await ben.session.preview(id, [])
    assert.deepEqual([preview.name, preview.joinRule, preview.memberCount], ["Forum", "public", 1])
    await ben.session.join(id)
    const [forum, bens] = [await ana.session.waitForRoom(id), await ben.session.waitForRoom(id)]
    const [own, other] = [forum.open(), bens.open()]
    const answer = (answerId: string) => ({ id: answerId, "org.matrix.msc1767.text": answerId })
    forum.send("org.matrix.msc3381.poll.start", { "org.matrix.msc3381.poll.start": { question: { body: "Tea?" }, max_selections: 1, answers: [answer("yes"), answer("no")] } })
    const seen = await until(other.events, (events) => events.some((event) => event.poll !== undefined), "the poll")
    const poll = seen.find((event) => event.poll !== undefined)?.id ?? ""
    const vote = (answers: string[]) => bens.send("org.matrix.msc3381.poll.response", { "m.relates_to": { rel_type: "m.reference", event_id: poll }, "org.matrix.msc3381.poll.response": { answers } })
    vote(["yes"])
    vote(["no"])
    await until(own.events, (events) => events.find((event) => event.id === poll)?.poll?.votes.get("no")?.length === 1, "the vote")
    await until(other.events, (events) => events.find((event) => event.id === poll)?.poll?.mine[0] === "no", "the own vote")
    forum.send("org.matrix.msc3381.poll.end", { "m.relates_to": { rel_type: "m.reference", event_id: poll }, "org.matrix.msc3381.poll.end": {} })
    await until(other.events, (events) => events.find((event) => event.id === poll)?.poll?.isEnded === true, "the end")

    const key = forum.sendFile({ blob: new Blob(["some bytes"], { type: "text/plain" }), name: "notes.txt", mimeType: "text/plain" }, { msgtype: "m.file", body: "notes.txt" })
    await until(own.events, (events) => events.some((event) => event.key === key && event.sending.kind === "received" && event.id !== undefined), "the own file")
    const file = await until(other.events, (events) => events.some((event) => event.content["msgtype"] === "m.file"), "the file")
    const handle = ben.session.media.file(String(file.find((event) => event.content["msgtype"] === "m.file")?.content["url"]))
    const loaded = await until(handle.state, (state) => state.blob !== undefined, "the bytes")
    assert.equal(await loaded.blob?.text(), "some bytes")
    handle.release()
    forum.send("m.room.message", text("a very particular sentence"))
    await until(other.events, (events) => events.some((event) => event.content["body"] === "a very particular sentence"), "the sentence")
    const found = await ben.session.search({ text: "particular" })
    assert.equal(found.hits[0]?.event.content["body"], "a very particular sentence")
    await ben.session.setProfileField("displayname", "Benedict")
    await until(ben.session.profile(ben.account.userId), (profile) => profile.displayName === "Benedict", "the new name")
    await until(forum.member(ben.account.userId), (member) => member.displayName === "Benedict", "the new name in the room")
    await ben.session.signOut()
    await assert.rejects(ben.session.api.get("/_matrix/client/v3/account/whoami"))
    assert.equal(ben.browser.files.size, 0)
  } finally {
    await ana.session.stop()
    await ben.session.stop()
  }
})
}

test("a position that the server forgot begins the list anew and keeps everything", options, async () => {
  const ana = await personWith("ana")
  const id = await ana.session.createRoom({ name: "Lane" })
  const lane = await ana.session.waitForRoom(id)
  lane.send("m.room.message", text("before"))
  await until(ana.session.outbox, (entries) => entries.length === 0, "an empty outbox")
  await until(ana.session.status, (status) => status.kind === "live", "the sync")
  await ana.session.stop()
  const refusing = { once: true }
  const answer = ana.browser.answer
  const browser = new MemoryBrowser(async (request) => {
    if (refusing.once && request.url.includes("msc3575/sync")) {
      refusing.once = false
      return { status: 400, headers: { get: () => null }, body: { errcode: "M_UNKNOWN_POS", error: "forgotten" } }
    }
    return answer(request)
  })
  for (const [name, file] of ana.browser.files) browser.files.set(name, file)
  browser.settings.set("martlet.accounts", JSON.stringify([ana.account]))
  const again = await openTab(browser, ana.account)
  try {
    await until(again.status, (status) => status.kind === "live", "the sync again")
    assert.equal(refusing.once, false)
    const room = again.room(id)
    assert.ok(room)
    assert.equal(room.summary.get().membership, "join")
    const timeline = room.open()
    room.send("m.room.message", text("after"))
    const events = await until(timeline.events, (all) => all.filter((event) => event.type === "m.room.message" && event.sending.kind === "received").length === 2, "both")
    assert.equal(new Set(events.map((event) => event.key)).size, events.length)
  } finally {
    await again.stop()
  }
})
