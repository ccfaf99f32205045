import assert from "node:assert/strict"
import test from "node:test"
import type { Verification } from "../../../../source/matrix/contract/encryption"
import { toBase64 } from "../../../../source/matrix/crypto/primitives/base64"
import { randomBytes } from "../../../../source/matrix/crypto/primitives/bytes"
import { settle, stateOf, tabChannels, TestDevice, TestNetwork } from "./desks"

const key = () => toBase64(randomBytes(32))

/** Two own devices, of which the first trusts the master key. */
function ownDevices() {
  const network = new TestNetwork()
  const master = key()
  return { network, master, old: network.device("@a:x", "OLD", master, true), fresh: network.device("@a:x", "NEW", master, false) }
}

/** Two people. */
function people() {
  const network = new TestNetwork()
  const [aliceMaster, bobMaster] = [key(), key()]
  return { network, aliceMaster, bobMaster, alice: network.device("@alice:x", "ALICE", aliceMaster), bob: network.device("@bob:x", "BOB", bobMaster) }
}

async function readyOf(from: TestDevice, to: TestDevice, start: Promise<Verification>): Promise<[Verification, Verification]> {
  const mine = await start
  await settle()
  const theirs = to.current
  stateOf(theirs, "requested")
  await theirs.accept()
  await settle()
  stateOf(mine, "ready")
  return [mine, theirs]
}

async function compare(starter: Verification, other: Verification) {
  await starter.startSAS()
  await settle()
  assert.deepEqual(stateOf(starter, "comparing"), stateOf(other, "comparing"))
  assert.equal(stateOf(starter, "comparing").emoji.length, 7)
}

test("own devices verify each other by emoji, whoever starts and confirms first", async () => {
  for (const [isOldStarter, isOldFirst] of [[true, true], [true, false], [false, true], [false, false]]) {
    const { network, master, old, fresh } = ownDevices()
    const [mine, theirs] = await readyOf(fresh, old, fresh.desk.verifyOwnDevice())
    await compare(isOldStarter === true ? theirs : mine, isOldStarter === true ? mine : theirs)
    await (isOldFirst === true ? theirs : mine).confirm()
    await settle()
    stateOf(isOldFirst === true ? theirs : mine, "waiting")
    await (isOldFirst === true ? mine : theirs).confirm()
    await settle()
    stateOf(mine, "done")
    stateOf(theirs, "done")
    assert.deepEqual(fresh.proofs, [{ userId: "@a:x", deviceId: "OLD", deviceKey: old.deviceKey, masterKey: master }])
    // The new device does not trust the master key yet, so that it does not vouch for it.
    assert.deepEqual(old.proofs, [{ userId: "@a:x", deviceId: "NEW", deviceKey: fresh.deviceKey, masterKey: undefined }])
    assert.equal(network.sent.filter((message) => message.type === "m.key.verification.done").length, 2)
    assert.deepEqual([...old.errors, ...fresh.errors], [])
  }
})

test("people verify each other in their room", async () => {
  const { network, alice, bob, aliceMaster, bobMaster } = people()
  const [mine, theirs] = await readyOf(alice, bob, alice.desk.verifyUser("@bob:x"))
  await compare(mine, theirs)
  await Promise.all([mine.confirm(), theirs.confirm()])
  await settle()
  stateOf(mine, "done")
  stateOf(theirs, "done")
  assert.equal(alice.proofs[0]?.masterKey, bobMaster)
  assert.equal(bob.proofs[0]?.masterKey, aliceMaster)
  const request = network.sent[0]
  assert.equal(request?.type, "m.room.message")
  assert.equal(request?.content["msgtype"], "m.key.verification.request")
  assert.equal(request?.content["to"], "@bob:x")
  for (const message of network.sent.slice(1)) assert.deepEqual(message.content["m.relates_to"], { rel_type: "m.reference", event_id: mine.id })
})

test("a code that is scanned verifies, in all three modes", async () => {
  const scan = async (shower: Verification, scanner: Verification) => {
    const qr = stateOf(shower, "ready").qr
    assert(qr)
    await scanner.scanned(qr)
    await settle()
    stateOf(shower, "scanned-by-other")
    stateOf(scanner, "waiting")
    await shower.confirm()
    await settle()
    stateOf(shower, "done")
    stateOf(scanner, "done")
  }
  {
    const { alice, bob, aliceMaster, bobMaster } = people()
    const [mine, theirs] = await readyOf(alice, bob, alice.desk.verifyUser("@bob:x"))
    await scan(mine, theirs)
    assert.equal(alice.proofs[0]?.masterKey, bobMaster)
    assert.equal(bob.proofs[0]?.masterKey, aliceMaster)
  }
  for (const isOldShower of [true, false]) {
    const { old, fresh, master } = ownDevices()
    const [mine, theirs] = await readyOf(fresh, old, fresh.desk.verifyOwnDevice("OLD"))
    await scan(isOldShower ? theirs : mine, isOldShower ? mine : theirs)
    assert.deepEqual(fresh.proofs, [{ userId: "@a:x", deviceId: "OLD", deviceKey: undefined, masterKey: master }])
    assert.deepEqual(old.proofs, [{ userId: "@a:x", deviceId: "NEW", deviceKey: fresh.deviceKey, masterKey: undefined }])
  }
})

test("a foreign code, or one with other keys, ends it", async () => {
  for (const change of [(qr: Uint8Array) => qr.subarray(1), (qr: Uint8Array) => { const wrong = qr.slice(); wrong[60] = (wrong[60] ?? 0) ^ 1; return wrong }]) {
    const { old, fresh } = ownDevices()
    const [mine, theirs] = await readyOf(fresh, old, fresh.desk.verifyOwnDevice())
    await mine.scanned(change(stateOf(theirs, "ready").qr ?? new Uint8Array()))
    await settle()
    stateOf(mine, "cancelled")
    stateOf(theirs, "cancelled")
    assert.deepEqual([...old.proofs, ...fresh.proofs], [])
  }
})

test("a code whose secret was guessed proves nothing", async () => {
  const { network, old, fresh } = ownDevices()
  network.tamper = (message) => (message.content["method"] === "m.reciprocate.v1" ? { ...message, content: { ...message.content, secret: "AAAA" } } : message)
  const [mine, theirs] = await readyOf(fresh, old, fresh.desk.verifyOwnDevice())
  await mine.scanned(stateOf(theirs, "ready").qr ?? new Uint8Array())
  await settle()
  assert.equal(stateOf(theirs, "cancelled").code, "m.key_mismatch")
  stateOf(mine, "cancelled")
})

test("both start at once: the smaller ID goes on", async () => {
  for (const make of [ownDevices, people]) {
    const world = make()
    const [first, second] = "old" in world ? [world.fresh, world.old] : [world.alice, world.bob]
    const [mine, theirs] = await readyOf(first, second, "old" in world ? first.desk.verifyOwnDevice() : first.desk.verifyUser(second.userId))
    await Promise.all([mine.startSAS(), theirs.startSAS()])
    await settle()
    assert.deepEqual(stateOf(mine, "comparing"), stateOf(theirs, "comparing"))
    await Promise.all([mine.confirm(), theirs.confirm()])
    await settle()
    stateOf(mine, "done")
    stateOf(theirs, "done")
    const accepts = world.network.sent.filter((message) => message.type === "m.key.verification.accept")
    assert.equal(accepts.length, 1)
    const smaller = [first, second].sort((a, b) => (a.userId + a.deviceId < b.userId + b.deviceId ? -1 : 1))[1]
    assert.equal(accepts[0]?.from, smaller)
  }
})

test("emoji that differ cancel on both sides with their code", async () => {
  const { old, fresh } = ownDevices()
  const [mine, theirs] = await readyOf(fresh, old, fresh.desk.verifyOwnDevice())
  await compare(mine, theirs)
  await mine.cancel(true)
  await settle()
  assert.deepEqual([stateOf(mine, "cancelled").byMe, stateOf(theirs, "cancelled").byMe], [true, false])
  assert.equal(stateOf(theirs, "cancelled").code, "m.mismatched_sas")
})

test("a key that was not promised, a changed MAC and a missing one are noticed", async () => {
  const cases: [string, (content: Record<string, unknown>) => void, string][] = [
    ["m.key.verification.key", (content) => { content["key"] = key() }, "m.mismatched_commitment"],
    ["m.key.verification.mac", (content) => { content["keys"] = key() }, "m.key_mismatch"],
    ["m.key.verification.mac", (content) => { (content["mac"] as Record<string, string>)["ed25519:OLD"] = key() }, "m.key_mismatch"],
    ["m.key.verification.mac", (content) => { delete (content["mac"] as Record<string, string>)["ed25519:OLD"] }, "m.key_mismatch"],
    ["m.key.verification.accept", (content) => { content["message_authentication_code"] = "none" }, "m.unknown_method"],
    ["m.key.verification.accept", (content) => { content["hash"] = "md5" }, "m.unknown_method"],
  ]
  for (const [type, change, code] of cases) {
    const { network, old, fresh } = ownDevices()
    network.tamper = (message) => {
      if (message.from === old && message.type === type) change(message.content)
      return message
    }
    const [mine, theirs] = await readyOf(fresh, old, fresh.desk.verifyOwnDevice())
    await mine.startSAS()
    await settle()
    if (mine.state.get().kind === "comparing") {
      await Promise.all([theirs.confirm(), mine.confirm()])
      await settle()
    }
    assert.equal(stateOf(mine, "cancelled").code, code, type)
    assert.deepEqual(fresh.proofs, [])
  }
})

test("who swaps keys on the way makes emoji differ", async () => {
  const { network, old, fresh } = ownDevices()
  const [mine, theirs] = await readyOf(fresh, old, fresh.desk.verifyOwnDevice())
  network.tamper = (message) => (message.from === fresh && message.type === "m.key.verification.key" ? { ...message, content: { ...message.content, key: "hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo".replace("_", "/") } } : message)
  await mine.startSAS()
  await settle()
  assert.notEqual(JSON.stringify(stateOf(mine, "comparing").emoji), JSON.stringify(stateOf(theirs, "comparing").emoji))
})

test("all own devices are asked; one that takes it, or declines, ends it on the others", async () => {
  for (const isTaken of [true, false]) {
    const { network, old, fresh, master } = ownDevices()
    const third = network.device("@a:x", "THIRD", master)
    const mine = await fresh.desk.verifyOwnDevice()
    await settle()
    const other = third.current
    if (isTaken) await old.current.accept()
    else await old.current.cancel()
    await settle()
    assert.equal(stateOf(other, "cancelled").code, isTaken ? "m.accepted" : "m.user")
    assert.equal(mine.state.get().kind, isTaken ? "ready" : "cancelled")
    if (isTaken) assert.deepEqual(third.verifications, [])
  }
})

test("another device of the person asked takes it in the room", async () => {
  const { network, alice, bob, bobMaster } = people()
  const second = network.device("@bob:x", "BOB2", bobMaster)
  await alice.desk.verifyUser("@bob:x")
  await settle()
  assert.equal(second.verifications.length, 1)
  await bob.current.accept()
  await settle()
  assert.deepEqual(second.verifications, [])
  assert.equal(alice.current.otherDevice, "BOB")
})

test("requests end by themselves, and verifications too", async () => {
  {
    const { network, old, fresh } = ownDevices()
    const mine = await fresh.desk.verifyOwnDevice()
    await settle()
    const theirs = old.current
    await network.pass(2 * 60_000 + 1)
    stateOf(theirs, "cancelled")
    stateOf(mine, "requested")
    await network.pass(8 * 60_000)
    assert.equal(stateOf(mine, "cancelled").code, "m.timeout")
  }
  const { network, old, fresh } = ownDevices()
  const [mine, theirs] = await readyOf(fresh, old, fresh.desk.verifyOwnDevice())
  await compare(mine, theirs)
  for (let minute = 0; minute < 11; minute += 1) await network.pass(60_000)
  assert.equal(stateOf(mine, "cancelled").code, "m.timeout")
  assert.equal(stateOf(theirs, "cancelled").code, "m.timeout")
  await network.pass(31_000)
  assert.deepEqual([...old.verifications, ...fresh.verifications], [])
})

test("old and future requests, own ones and those to others are not shown", async () => {
  const { network, alice, bob } = people()
  const request = { from_device: "ALICE", methods: ["m.sas.v1"], transaction_id: "t", timestamp: network.now }
  for (const timestamp of [network.now - 601_000, network.now + 301_000]) await bob.desk.receiveToDevice("@alice:x", "m.key.verification.request", { ...request, timestamp })
  await bob.desk.receiveToDevice("@bob:x", "m.key.verification.request", { ...request, from_device: "BOB" })
  const event = {
    event_id: "$e", type: "m.room.message", sender: "@alice:x", origin_server_ts: network.now,
    content: { msgtype: "m.key.verification.request", from_device: "ALICE", to: "@carol:x", methods: ["m.sas.v1"] },
  }
  await bob.desk.receiveRoomEvent("!r", event)
  await bob.desk.receiveRoomEvent("!r", { ...event, event_id: "$f", origin_server_ts: network.now - 601_000, content: { ...event.content, to: "@bob:x" } })
  await bob.desk.receiveRoomEvent("!r", { ...event, event_id: "$g", type: "m.room.member", content: {} })
  assert.deepEqual(bob.verifications, [])
  await bob.desk.receiveToDevice("@alice:x", "m.key.verification.request", request)
  assert.equal(bob.verifications.length, 1)
  assert.equal(alice.verifications.length, 0)
})

test("a request without a common method says so, and messages out of order cancel", async () => {
  const { network, bob } = people()
  await bob.desk.receiveToDevice("@alice:x", "m.key.verification.request", { from_device: "ALICE", methods: ["m.other"], transaction_id: "t", timestamp: network.now })
  await bob.current.accept()
  assert.equal(stateOf(bob.current, "cancelled").code, "m.unknown_method")
  await bob.desk.receiveToDevice("@alice:x", "m.key.verification.request", { from_device: "ALICE", methods: ["m.sas.v1"], transaction_id: "u", timestamp: network.now })
  await bob.desk.receiveToDevice("@alice:x", "m.key.verification.mac", { transaction_id: "u", mac: {}, keys: "" })
  assert.equal(stateOf(bob.current, "cancelled").code, "m.unexpected_message")
})

test("messages of somebody else do not disturb", async () => {
  const { network, old, fresh } = ownDevices()
  const eve = network.device("@eve:x", "EVE", key())
  const [mine, theirs] = await readyOf(fresh, old, fresh.desk.verifyOwnDevice())
  await old.desk.receiveToDevice(eve.userId, "m.key.verification.cancel", { transaction_id: mine.id, code: "m.user", reason: "" })
  await compare(mine, theirs)
})

test("clients that start without a request are answered once the person agrees", async () => {
  const { network, alice, bob } = people()
  const start = {
    from_device: "ALICE", method: "m.sas.v1", transaction_id: "t", key_agreement_protocols: ["curve25519-hkdf-sha256"], hashes: ["sha256"],
    message_authentication_codes: ["hkdf-hmac-sha256"], short_authentication_string: ["decimal", "emoji"],
  }
  await bob.desk.receiveToDevice("@alice:x", "m.key.verification.start", start)
  stateOf(bob.current, "requested")
  assert.equal(network.sent.length, 0)
  await bob.current.accept()
  const accept = network.sent[0]
  assert.equal(accept?.type, "m.key.verification.accept")
  assert.equal(accept?.content["message_authentication_code"], "hkdf-hmac-sha256")
  assert.equal(accept?.to, `@alice:x/${alice.deviceId}`)
})

test("any tab can show a verification, and one conducts it", async () => {
  for (const isAsked of [true, false]) {
    const network = new TestNetwork()
    const master = key()
    const other = network.device("@a:x", "OTHER", master)
    const [first, second] = tabChannels(2)
    assert(first && second)
    // Only the first tab syncs; the second is the same device.
    const syncing = network.device("@a:x", "TABS", master, true, first)
    const beside = new TestDevice(network, "@a:x", "TABS", master, true, second)
    Object.assign(beside, { deviceKey: syncing.deviceKey })
    const mine = isAsked ? await other.desk.verifyOwnDevice("TABS") : await beside.desk.verifyOwnDevice("OTHER")
    await settle()
    if (isAsked) {
      assert.deepEqual([syncing.verifications.length, beside.verifications.length], [1, 1])
      await beside.current.accept()
    } else {
      await other.current.accept()
    }
    await settle()
    assert.deepEqual(syncing.verifications, [])
    const theirs = isAsked ? beside.current : other.current
    await compare(mine, theirs)
    await Promise.all([mine.confirm(), theirs.confirm()])
    await settle()
    stateOf(mine, "done")
    stateOf(theirs, "done")
    assert.equal(network.sent.filter((message) => message.type === "m.key.verification.cancel").length, 0)
  }
})
