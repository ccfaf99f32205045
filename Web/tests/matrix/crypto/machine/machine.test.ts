import assert from "node:assert/strict"
import { test } from "node:test"
import { member } from "../../../../source/matrix/base/read"
import { toBase64 } from "../../../../source/matrix/crypto/primitives/base64"
import { randomBytes, uint32 } from "../../../../source/matrix/crypto/primitives/bytes"
import { KeyServer } from "../support/KeyServer"
import { TestDevice, TestRoom } from "../support/TestDevice"

async function pair() {
  const server = new KeyServer()
  const room = new TestRoom("!room", ["@alice:x", "@bob:x"])
  const alice = await TestDevice.open(server, "@alice:x", "A1", { rooms: [room] })
  const bob = await TestDevice.open(server, "@bob:x", "B1", { rooms: [room] })
  // Alice hears of Bob's device, which is younger than hers.
  await alice.sync()
  return { server, room, alice, bob }
}

test("keys are uploaded once, in order, and refilled as they are used", async () => {
  const { server, room, alice, bob } = await pair()
  const ids = server.oneTimeKeyIDs("@alice:x", "A1")
  assert.equal(ids.length, 50)
  assert.deepEqual(ids, [...ids].sort())
  assert.equal(server.calls.filter((call) => call.endsWith("/keys/upload")).length, 2)
  for (let count = 0; count < 5; count += 1) {
    const guest = await TestDevice.open(server, `@guest${count}:x`, "G", { rooms: [room] })
    room.members = ["@alice:x", guest.userId]
    await guest.say(room, "hello")
  }
  assert.equal(server.oneTimeKeyIDs("@alice:x", "A1").length, 45)
  server.device("@alice:x", "A1").oneTimeKeys.splice(0, 30)
  await alice.sync()
  await bob.sync()
  assert.equal(server.oneTimeKeyIDs("@alice:x", "A1").length, 50)
})

test("messages both ways, over reloads", async () => {
  const { room, alice, bob } = await pair()
  const first = await alice.say(room, "one")
  await bob.sync()
  assert.equal(await bob.read(first), "one")
  assert.equal(await alice.read(first), "one")
  const answer = await bob.say(room, "two")
  await alice.sync()
  assert.equal(await alice.read(answer), "two")
  await alice.machine.stop()
  const again = await alice.again()
  assert.deepEqual(again.machine.ownKeys, alice.machine.ownKeys)
  assert.equal(await again.read(first), "one")
  assert.equal(await again.read(answer), "two")
  const third = await again.say(room, "three")
  assert.equal(third.content["session_id"], first.content["session_id"])
  assert.equal(await bob.read(third), "three")
})

test("keys that come after the message, in another order", async () => {
  const { server, room, alice, bob } = await pair()
  room.encryption = { algorithm: "m.megolm.v1.aes-sha2", rotation_period_msgs: 1 }
  const events = []
  for (let count = 0; count < 8; count += 1) events.push(await alice.say(room, `${count}`))
  assert.equal(new Set(events.map((event) => event.content["session_id"])).size, 8)
  const told: string[] = []
  bob.core.onSessionsChanged((sessions) => told.push(...sessions.map((one) => one.sessionId)))
  assert.equal(await bob.read(events[0] ?? assert.fail()), "waiting: the key did not come yet")
  assert.equal(server.device("@bob:x", "B1").toDevice.length, 8)
  await bob.sync({ reorder: true })
  for (const [index, event] of events.entries()) assert.equal(await bob.read(event), `${index}`)
  assert.equal(new Set(told).size, 8)
})

test("a sync that is repeated after a crash changes nothing", async () => {
  const { room, alice, bob } = await pair()
  const event = await alice.say(room, "one")
  await bob.sync({ acknowledge: false })
  await bob.machine.stop()
  const again = await bob.again()
  await again.sync({ acknowledge: false })
  await again.sync()
  assert.equal(await again.read(event), "one")
  assert.ok(!bob.browser.logged.some((line) => line.startsWith("warning")), bob.browser.logged.join("\n"))
  assert.equal(await again.core.read(["encryption"], (transaction) => transaction.list("encryption", { range: { lower: "unwedge:", upper: "unwedge:\uffff" } })).then((list) => list.length), 0)
})

test("two tabs encrypt and decrypt at once", async () => {
  const { room, alice, bob } = await pair()
  const tab = await alice.again()
  const events = await Promise.all(Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? alice : tab).say(room, `${index}`)))
  const indexes = new Set(events.map((event) => `${String(event.content["session_id"])}${String(event.content["ciphertext"]).slice(0, 8)}`))
  assert.equal(indexes.size, 40)
  const answer = await bob.say(room, "answer")
  await alice.sync()
  await bob.sync()
  for (const [index, event] of events.entries()) assert.equal(await bob.read(event), `${index}`)
  assert.equal(await tab.read(answer), "answer")
})

test("sessions are replaced: after messages, when somebody leaves, when a device goes, when visibility changes", async () => {
  const { server, room, alice, bob } = await pair()
  const other = await TestDevice.open(server, "@bob:x", "B2", { rooms: [room] })
  const carol = await TestDevice.open(server, "@carol:x", "C1", { rooms: [room] })
  room.members.push("@carol:x")
  await alice.sync()
  const sessionOf = async (text: string) => {
    const event = await alice.say(room, text)
    for (const device of [bob, other, carol]) await device.sync()
    return { event, session: String(event.content["session_id"]) }
  }
  const one = await sessionOf("one")
  for (const device of [bob, other, carol]) assert.equal(await device.read(one.event), "one")
  assert.equal((await sessionOf("same")).session, one.session)
  room.members = ["@alice:x", "@bob:x"]
  const two = await sessionOf("two")
  assert.notEqual(two.session, one.session)
  assert.ok((await carol.read(two.event)).startsWith("waiting"))
  assert.equal(await bob.read(two.event), "two")
  server.remove("@bob:x", "B2")
  await alice.sync()
  const three = await sessionOf("three")
  assert.notEqual(three.session, two.session)
  room.visibility = "joined"
  const four = await sessionOf("four")
  assert.notEqual(four.session, three.session)
  assert.equal((await bob.machine.sessions.exported(room.id, three.session))?.sharedHistory, true)
  assert.equal((await bob.machine.sessions.exported(room.id, four.session))?.sharedHistory, false)
  // Somebody new gets the key from the present index on.
  room.members.push("@carol:x")
  const five = await sessionOf("five")
  assert.equal(five.session, four.session)
  assert.equal(await carol.read(five.event), "five")
  assert.ok((await carol.read(four.event)).startsWith("waiting"))
})

test("devices that their owner did not sign, or that are blocked, are refused and told so", async () => {
  const { server, room, alice, bob } = await pair()
  const other = await TestDevice.open(server, "@bob:x", "B2", { rooms: [room] })
  await TestDevice.crossSign(server, "@bob:x", ["B1"])
  await alice.sync()
  const event = await alice.say(room, "one")
  await bob.sync()
  await other.sync()
  assert.equal(await bob.read(event), "one")
  assert.equal(await other.read(event), "withheld: m.unverified")
  await alice.machine.devices.setBlocked("@bob:x", "B1", true)
  const second = await alice.say(room, "two")
  await bob.sync()
  assert.equal(await bob.read(second), "withheld: m.blacklisted")
  await alice.machine.devices.setBlocked("@bob:x", "B1", false)
  const third = await alice.say(room, "three")
  await bob.sync()
  assert.equal(await bob.read(third), "three")
})

test("shields say where a message came from", async () => {
  const { server, room, alice, bob } = await pair()
  const event = await alice.say(room, "one")
  await bob.sync()
  assert.deepEqual((await bob.decrypt(event)).encryption, { kind: "decrypted", shield: "unsigned-device" })
  await TestDevice.crossSign(server, "@alice:x", ["A1"])
  await bob.sync()
  assert.deepEqual((await bob.decrypt(event)).encryption, { kind: "decrypted", shield: undefined })
  server.remove("@alice:x", "A1")
  await bob.sync()
  assert.deepEqual((await bob.decrypt(event)).encryption, { kind: "decrypted", shield: "unknown-device" })
  const carol = await TestDevice.open(server, "@carol:x", "C1", { rooms: [room] })
  const exported = await bob.machine.sessions.exported(room.id, String(event.content["session_id"]))
  assert.ok(exported)
  assert.equal(await carol.context.putInboundSessions([exported], "import"), 1)
  assert.deepEqual((await carol.decrypt(event)).encryption, { kind: "decrypted", shield: "imported" })
})

test("what is not what it says is refused: other senders, rooms, copies", async () => {
  const { room, alice, bob } = await pair()
  const event = await alice.say(room, "one")
  await bob.sync()
  assert.equal(await bob.read({ ...event, sender: "@mallory:x" }), "broken: the message was encrypted by somebody else")
  assert.equal(await bob.read(event), "one")
  assert.equal(await bob.read(event), "one")
  assert.equal(await bob.read({ ...event, event_id: "$copy" }), "broken: the message is a copy of an earlier one")
  assert.ok((await bob.read({ ...event, room_id: "!other" })).startsWith("waiting"))
  assert.equal(await bob.read({ ...event, content: { ...event.content, algorithm: "m.other" } }), "broken: unknown algorithm m.other")
  assert.ok((await bob.read({ ...event, content: { ...event.content, session_id: "x" }, unsigned: { membership: "leave" } })).startsWith("before-joining"))
  // The memory of indices survives a reload.
  await bob.machine.stop()
  const again = await bob.again()
  assert.equal(await again.read({ ...event, event_id: "$copy" }), "broken: the message is a copy of an earlier one")
})

test("a device ID never changes its keys", async () => {
  const { server, room, alice, bob } = await pair()
  await alice.say(room, "one")
  const impostor = await TestDevice.open(new KeyServer(), "@bob:x", "B1", { rooms: [room] })
  const real = server.device("@bob:x", "B1").keys
  server.device("@bob:x", "B1").keys = impostor.server.device("@bob:x", "B1").keys
  server.changed("@bob:x")
  await alice.sync()
  assert.equal((await alice.machine.devices.stored("@bob:x"))[0]?.ed25519, bob.machine.ownKeys.ed25519)
  assert.ok(alice.browser.logged.some((line) => line.includes("the keys of a device changed")))
  // The device itself notices, and says so.
  await bob.sync()
  assert.ok(bob.isLost)
  server.device("@bob:x", "B1").keys = real
})

test("a browser that lost its storage does not make new keys for its device", async () => {
  const { server, room, bob } = await pair()
  const before = server.device("@bob:x", "B1").keys
  await bob.machine.stop()
  bob.browser.clearStorage()
  const lost = await TestDevice.open(server, "@bob:x", "B1", { browser: bob.browser, rooms: [room] })
  assert.ok(lost.isLost)
  await assert.rejects(lost.say(room, "x"))
  await lost.sync()
  assert.deepEqual(server.device("@bob:x", "B1").keys, before)
})

test("a broken Olm session is replaced, once an hour", async () => {
  const { server, room, alice, bob } = await pair()
  await alice.say(room, "one")
  await bob.sync()
  await bob.say(room, "two")
  await alice.sync()
  // Bob goes back to an older state, as from a backup of his disk.
  await bob.core.write(["olmSessions"], async (transaction) => transaction.clear("olmSessions"))
  room.encryption = { algorithm: "m.megolm.v1.aes-sha2", rotation_period_msgs: 1 }
  const lost = await alice.say(room, "lost")
  await bob.sync()
  assert.ok((await bob.read(lost)).startsWith("waiting"))
  assert.equal(server.device("@alice:x", "A1").toDevice.length, 1)
  await alice.say(room, "lost too")
  await bob.sync()
  assert.equal(server.device("@alice:x", "A1").toDevice.length, 1)
  await alice.sync()
  const found = await alice.say(room, "found")
  await bob.sync()
  assert.equal(await bob.read(found), "found")
})

test("own signed devices give each other keys that are missing", async () => {
  const server = new KeyServer()
  const room = new TestRoom("!room", ["@alice:x"])
  const one = await TestDevice.open(server, "@alice:x", "A1", { rooms: [room] })
  const event = await one.say(room, "before")
  const two = await TestDevice.open(server, "@alice:x", "A2", { rooms: [room] })
  const unsigned = await TestDevice.open(server, "@alice:x", "A3", { rooms: [room] })
  await TestDevice.crossSign(server, "@alice:x", ["A1", "A2"])
  for (const device of [one, two, unsigned]) await device.sync()
  const body = { algorithm: "m.megolm.v1.aes-sha2", room_id: room.id, session_id: String(event.content["session_id"]), sender_key: "" }
  await unsigned.context.sendToDevice("m.room_key_request", { "@alice:x": { "*": { action: "request", request_id: "1", requesting_device_id: "A3", body } } })
  const missing: string[] = []
  two.context.onMissingSession((_, sessionId) => missing.push(sessionId))
  await two.read(event)
  await two.read(event)
  assert.equal(missing.length, 1)
  // The machine is patient with keys; the test is not.
  await (two.machine as unknown as { keyRequests: { ask(): Promise<void> } }).keyRequests.ask()
  await two.machine.flush()
  await one.sync()
  await until(() => server.device("@alice:x", "A2").toDevice.some((message) => message["type"] === "m.room.encrypted"))
  await two.sync()
  await unsigned.sync()
  assert.equal(await two.read(event), "before")
  assert.deepEqual((await two.decrypt(event)).encryption, { kind: "decrypted", shield: "imported" })
  assert.ok((await unsigned.read(event)).startsWith("waiting"))
  // The request is taken back.
  await until(() => server.device("@alice:x", "A1").toDevice.some((message) => member(message, "content", "action") === "request_cancellation"))
})

test("forwarded keys that nobody asked for are refused", async () => {
  const { server, room, alice, bob } = await pair()
  await TestDevice.crossSign(server, "@alice:x", ["A1"])
  await bob.sync()
  const event = await alice.say(new TestRoom("!room", []), "x")
  const exported = await alice.machine.sessions.exported(room.id, String(event.content["session_id"]))
  assert.ok(exported)
  server.device("@bob:x", "B1").toDevice.splice(0)
  await alice.context.sendEncryptedToDevice(await alice.context.devicesOf("@bob:x"), "m.forwarded_room_key", {
    algorithm: "m.megolm.v1.aes-sha2", room_id: room.id, session_id: exported.sessionId, session_key: exported.sessionKey, sender_key: exported.senderKey,
    sender_claimed_ed25519_key: exported.claimedEd25519 ?? "", forwarding_curve25519_key_chain: [],
  })
  await bob.sync()
  assert.equal(await bob.machine.sessions.exported(room.id, exported.sessionId), undefined)
})

test("history is shared with who is invited, as far as it was meant to be", async () => {
  const { server, room, alice, bob } = await pair()
  const open = await alice.say(room, "open")
  room.visibility = "joined"
  const closed = await alice.say(room, "closed")
  room.visibility = "shared"
  await bob.sync()
  const carol = await TestDevice.open(server, "@carol:x", "C1", { rooms: [room] })
  await alice.machine.history.share(room.id, "@carol:x")
  assert.equal(server.device("@carol:x", "C1").toDevice.length, 0)
  await TestDevice.crossSign(server, "@carol:x", ["C1"])
  await alice.sync()
  await alice.machine.history.share(room.id, "@carol:x")
  await carol.sync()
  await carol.machine.history.take()
  assert.ok((await carol.read(open)).startsWith("waiting"))
  carol.inviter = { userId: "@bob:x", joinedAt: Date.now() }
  await carol.machine.history.take()
  assert.ok((await carol.read(open)).startsWith("waiting"))
  carol.inviter = { userId: "@alice:x", joinedAt: Date.now() }
  await carol.machine.history.take()
  assert.equal(await carol.read(open), "open")
  assert.equal(await carol.read(closed), "withheld: m.history_not_shared")
})

test("a list that changes while it is asked for stays out of date", async () => {
  const { server, room, alice } = await pair()
  await alice.sync()
  let isPaused = false
  server.changed("@bob:x")
  server.pause = async (path) => {
    if (!path.endsWith("/keys/query") || isPaused) return
    isPaused = true
    // The answer is under way when a new device appears and is announced.
    await TestDevice.open(server, "@bob:x", "B2", { rooms: [room] })
    const { changes } = server.sync("@alice:x", "A1")
    await alice.machine.receiveSync({ ...changes, toDevice: [] })
  }
  await alice.sync()
  await alice.machine.flush()
  assert.deepEqual((await alice.machine.devices.stored("@bob:x")).map((device) => device.deviceId), ["B1", "B2"])
})

test("messages to devices survive a server that does not answer, and go out once", async () => {
  const { server, room, alice, bob } = await pair()
  await alice.say(room, "one")
  await bob.sync()
  room.encryption = { algorithm: "m.megolm.v1.aes-sha2", rotation_period_msgs: 1 }
  server.broken = "sendToDevice"
  await assert.rejects(alice.say(room, "two"))
  server.broken = undefined
  await alice.machine.stop()
  const again = await alice.again()
  const event = await again.say(room, "two")
  await bob.sync()
  assert.equal(await bob.read(event), "two")
  assert.equal(server.device("@bob:x", "B1").toDevice.length, 0)
})

test("a device without keys to give is told, and tried again later", async () => {
  const { server, room, alice, bob } = await pair()
  const device = server.device("@bob:x", "B1")
  const keys = device.oneTimeKeys.splice(0)
  const fallback = device.fallback
  device.fallback = undefined
  const event = await alice.say(room, "one")
  assert.ok(device.toDevice.some((message) => member(message, "content", "code") === "m.no_olm"))
  await alice.say(room, "again")
  assert.equal(device.toDevice.length, 1)
  device.oneTimeKeys = keys
  device.fallback = fallback
  await bob.sync()
  assert.ok((await bob.read(event)).startsWith("waiting"))
  // Bob began a session of his own, through which the next key comes.
  await alice.sync()
  room.visibility = "joined"
  const next = await alice.say(room, "two")
  await bob.sync()
  assert.equal(await bob.read(next), "two")
})

test("listeners hear each message, and secrets are sealed", async () => {
  const { alice, bob } = await pair()
  const heard: string[] = []
  bob.context.onToDevice("m.secret.send", async (event) => {
    heard.push(`${String(event.content["secret"])} ${event.sender} ${event.wasEncrypted} ${event.senderDevice?.deviceId ?? ""}`)
  })
  await alice.context.sendEncryptedToDevice(await alice.context.devicesOf("@bob:x"), "m.secret.send", { secret: "s" })
  await bob.sync()
  await until(() => heard.length > 0)
  assert.deepEqual(heard, ["s @alice:x true A1"])
  await bob.context.storeSecret("name", randomBytes(32))
  const secret = await bob.context.readSecret("name")
  assert.equal(secret?.length, 32)
  const raw = JSON.stringify(await bob.core.read(["secrets"], (transaction) => transaction.list("secrets")))
  assert.ok(!raw.includes(toBase64(secret ?? new Uint8Array())))
})

test("backup is told what waits", async () => {
  const { room, alice, bob } = await pair()
  const event = await alice.say(room, "one")
  let woken = 0
  bob.context.onSessionsToBackUp(() => (woken += 1))
  await bob.sync()
  assert.ok(woken > 0)
  const [session] = await bob.context.sessionsToBackUp(10)
  assert.equal(session?.sessionId, event.content["session_id"])
  assert.equal(await bob.context.countSessionsToBackUp(), 1)
  await bob.context.markBackedUp([session ?? assert.fail()])
  assert.equal(await bob.context.countSessionsToBackUp(), 0)
  await bob.context.markAllForBackup()
  assert.equal(await bob.context.countSessionsToBackUp(), 1)
  let count = 0
  await bob.context.exportSessions(async (sessions) => void (count += sessions.length))
  assert.equal(count, 1)
})

test("a new device's first message comes together with the news of it", async () => {
  const { server, room, alice, bob } = await pair()
  await TestDevice.crossSign(server, "@alice:x", ["A1"])
  await bob.sync()
  const phone = await TestDevice.open(server, "@alice:x", "A2", { rooms: [room] })
  const event = await phone.say(room, "from the phone")
  const { changes } = server.sync("@bob:x", "B1")
  await bob.machine.receiveSync(changes)
  assert.deepEqual((await bob.decrypt(event)).encryption, { kind: "decrypted", shield: "unsigned-device" })
  assert.equal(alice.isLost, false)
})

test("who shares no room any more is asked about again once that matters", async () => {
  const { server, room, alice, bob } = await pair()
  await alice.say(room, "one")
  room.members = ["@alice:x"]
  await alice.machine.receiveSync({ toDevice: [], deviceListsChanged: [], deviceListsLeft: ["@bob:x"], oneTimeKeyCounts: undefined, unusedFallbackKeys: undefined })
  await alice.machine.flush()
  const phone = await TestDevice.open(server, "@bob:x", "B2", { rooms: [room] })
  // Alice's server says nothing of it: they share no room.
  server.device("@alice:x", "A1").changed.clear()
  room.members = ["@alice:x", "@bob:x"]
  const event = await alice.say(room, "two")
  for (const device of [bob, phone]) {
    await device.sync()
    assert.equal(await device.read(event), "two")
  }
})

test("keys that the server has under the same IDs are made anew", async () => {
  const { server, alice } = await pair()
  const device = server.device("@alice:x", "A1")
  device.oneTimeKeys.splice(10)
  // As if an older state of this device had been restored, after a newer one uploaded this key.
  device.oneTimeKeys.push([`signed_curve25519:${toBase64(uint32(55))}`, { key: "other" }])
  await alice.sync()
  const uploaded = server.oneTimeKeyIDs("@alice:x", "A1")
  assert.ok(uploaded.length >= 50)
  assert.ok(alice.browser.logged.some((line) => line.includes("the server refused keys")))
})

test("weeks of messages at once", async () => {
  const { room, alice, bob } = await pair()
  room.encryption = { algorithm: "m.megolm.v1.aes-sha2", rotation_period_msgs: 1 }
  const events = []
  for (let count = 0; count < 520; count += 1) events.push(await alice.say(room, `${count}`))
  await bob.sync({ acknowledge: false })
  await bob.sync()
  for (const [index, event] of events.entries()) assert.equal(await bob.read(event), `${index}`)
})

test("keys that cannot be opened are lost keys", async () => {
  const { bob } = await pair()
  await bob.machine.stop()
  await bob.core.write(["encryption"], async (transaction) => transaction.delete("encryption", "sealingKey"))
  const again = await bob.again()
  assert.ok(again.isLost)
})

async function until(condition: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (condition()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  assert.fail("it did not come to pass")
}
