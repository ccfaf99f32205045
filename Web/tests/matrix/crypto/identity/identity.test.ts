import assert from "node:assert/strict"
import test from "node:test"
import type { Verification } from "../../../../source/matrix/contract/encryption"
import { when } from "../../../../source/matrix/base/observable"
import type { ExportedSession } from "../../../../source/matrix/crypto/machine/EncryptionContext"
import { Ed25519Key } from "../../../../source/matrix/crypto/primitives/ed25519"
import { signJSON, verifyJSON } from "../../../../source/matrix/crypto/primitives/signedJSON"
import { member } from "../../../../source/matrix/base/read"
import type { Identity } from "../../../../source/matrix/crypto/identity/Identity"
import { MemoryServer } from "./support/MemoryServer"
import { TestContext } from "./support/TestContext"

const ALICE = "@alice:x"
const BOB = "@bob:x"
const settle = (milliseconds = 60) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))
/** Waits for what takes as long as the machine is busy. */
const eventually = async (condition: () => boolean) => {
  for (let round = 0; round < 200 && !condition(); round += 1) await settle(20)
}
const session = (sessionId: string): ExportedSession => ({
  room: "!room:x", sessionId, sessionKey: `key of ${sessionId}`, senderKey: "sender", claimedEd25519: "ed", forwardingChain: [], sharedHistory: true, firstIndex: 3,
})
const kindOf = async (identity: Identity) => {
  await settle(100)
  await eventually(() => identity.setup.get().kind !== "unknown")
  await settle()
  return identity.setup.get().kind
}

async function account(userId = ALICE, deviceId = "FIRST", server = new MemoryServer()) {
  const first = await TestContext.identity(server, userId, deviceId)
  assert.equal(await kindOf(first.identity), "fresh")
  const { recoveryKey } = await first.identity.bootstrap({ authenticate: first.context.authenticate })
  return { server, ...first, recoveryKey }
}

async function compare(mine: Verification, other: Identity) {
  await eventually(() => other.verifications.get().some((one) => one.id === mine.id))
  const theirs = other.verifications.get().find((one) => one.id === mine.id)
  assert(theirs)
  await theirs.accept()
  await eventually(() => mine.state.get().kind === "ready")
  await mine.startSAS()
  await eventually(() => mine.state.get().kind === "comparing" && theirs.state.get().kind === "comparing")
  assert.deepEqual(mine.state.get(), theirs.state.get())
  await Promise.all([mine.confirm(), theirs.confirm()])
  await eventually(() => mine.state.get().kind === "done" && theirs.state.get().kind === "done")
  assert.deepEqual([mine.state.get().kind, theirs.state.get().kind], ["done", "done"])
}

test("a fresh account is set up in one step, with one recovery key", async () => {
  const { server, context, identity, recoveryKey } = await account()
  assert.match(recoveryKey, /^(\w{4} ){11}\w{4}$/)
  assert.equal(await kindOf(identity), "ready")
  assert.equal(identity.backup.get().isEnabled, true)
  assert.equal(identity.trust(ALICE).get(), "verified")
  const devices = await when(identity.devices(ALICE), (list) => list.length > 0)
  assert.deepEqual(devices.map(({ deviceId, isSigned, isOwn, displayName, lastSeen }) => [deviceId, isSigned, isOwn, displayName, lastSeen]), [["FIRST", true, true, "name of FIRST", 5]])
  const { master_key: master } = server.account(ALICE).keys
  assert(master !== undefined && await verifyJSON(master, ALICE, "ed25519:FIRST", context.ownKeys.ed25519))
  assert.deepEqual(context.errors, [])
})

test("the chain of signatures is what the specification says", async () => {
  const { server } = await account()
  const { keys, devices, versions } = server.account(ALICE)
  const key = (object: unknown) => String(Object.values(member(object, "keys") as Record<string, string>)[0])
  const master = key(keys.master_key)
  for (const [object, usage] of [[keys.self_signing_key, "self_signing"], [keys.user_signing_key, "user_signing"]] as const) {
    assert(object !== undefined && await verifyJSON(object, ALICE, `ed25519:${master}`, master))
    assert.deepEqual(object["usage"], [usage])
    assert.equal(object["user_id"], ALICE)
  }
  const device = devices.get("FIRST")
  const selfSigning = key(keys.self_signing_key)
  assert(device !== undefined && await verifyJSON(device, ALICE, `ed25519:${selfSigning}`, selfSigning))
  const authData = member(versions[0]?.body, "auth_data")
  assert(await verifyJSON(authData as Record<string, string>, ALICE, `ed25519:${master}`, master))
})

test("a second device needs verification, and the recovery key is enough for it", async () => {
  const { server, recoveryKey, context: first } = await account()
  await first.putInboundSessions(Array.from({ length: 250 }, (_, index) => session(`s${index}`)), "import")
  await eventually(() => first.backedUp.size === 250)
  assert.equal(first.backedUp.size, 250)
  const { identity, context } = await TestContext.identity(server, ALICE, "SECOND")
  await settle()
  assert.deepEqual(identity.setup.get(), { kind: "needs-verification", canRecover: true, otherDevices: 1 })
  await assert.rejects(identity.recover("wrong"), { code: "wrong-key" })
  await assert.rejects(identity.recover(recoveryKey.replace(/.$/, (last) => (last === "z" ? "y" : "z"))), { code: "wrong-key" })
  assert.equal(await kindOf(identity), "needs-verification")
  await identity.recover(recoveryKey)
  assert.equal(await kindOf(identity), "ready")
  await eventually(() => context.backedUp.size === 250)
  assert.deepEqual(context.sessions.get("s7"), session("s7"))
  assert.equal(context.sessions.size, 250)
  assert.equal(context.backedUp.size, 250)
  assert.deepEqual(context.errors, [])
})

test("a passphrase opens the same storage as its key", async () => {
  const server = new MemoryServer()
  const first = await TestContext.identity(server, ALICE, "FIRST")
  const { recoveryKey } = await first.identity.bootstrap({ passphrase: "correct horse", authenticate: first.context.authenticate })
  for (const [deviceId, secret] of [["SECOND", "correct horse"], ["THIRD", recoveryKey]] as const) {
    const { identity } = await TestContext.identity(server, ALICE, deviceId)
    await assert.rejects(identity.recover("horse correct"), { code: "wrong-key" })
    await identity.recover(secret)
    assert.equal(await kindOf(identity), "ready")
  }
})

test("a second device that is verified gets the secrets and the keys", async () => {
  const { server, identity: old, context: first } = await account()
  await first.putInboundSessions([session("s1")], "import")
  await eventually(() => first.backedUp.has("s1"))
  const { identity, context } = await TestContext.identity(server, ALICE, "SECOND")
  assert.equal(await kindOf(identity), "needs-verification")
  await compare(await identity.verifyOwnDevice(), old)
  await eventually(() => identity.setup.get().kind === "ready" && context.sessions.size === 1)
  assert.equal(identity.setup.get().kind, "ready")
  assert.equal(context.sessions.size, 1)
  assert.equal(identity.backup.get().isEnabled, true)
  assert.deepEqual([...context.errors, ...first.errors], [])
})

test("secrets are not given to devices that are not verified", async () => {
  const { server } = await account()
  const thief = await TestContext.make(server, ALICE, "THIEF")
  const got: unknown[] = []
  thief.onToDevice("m.secret.send", (event) => { got.push(event) })
  await thief.sendToDevice("m.secret.request", { [ALICE]: { FIRST: { action: "request", name: "m.cross_signing.master", request_id: "r", requesting_device_id: "THIEF" } } })
  const stranger = await TestContext.make(server, BOB, "STRANGER")
  await stranger.sendToDevice("m.secret.request", { [ALICE]: { FIRST: { action: "request", name: "m.cross_signing.master", request_id: "r", requesting_device_id: "FIRST" } } })
  await settle()
  assert.deepEqual(got, [])
})

test("secrets that nobody asked for are not taken", async () => {
  const { server, recoveryKey } = await account()
  const { identity, context } = await TestContext.identity(server, ALICE, "SECOND")
  await settle()
  const other = server.contexts[0]
  assert(other)
  const [device] = (await other.devicesOf(ALICE)).filter((one) => one.deviceId === "SECOND")
  assert(device)
  await other.sendEncryptedToDevice([device], "m.secret.send", { request_id: "unknown", secret: "A".repeat(43) })
  await settle()
  assert.equal(await context.readSecret("m.cross_signing.master"), undefined)
  await identity.recover(recoveryKey)
})

test("people who verified each other are trusted, a new identity is pointed out", async () => {
  const { server, identity: alice } = await account()
  const bob = await account(BOB, "BOBS", server)
  alice.trust(BOB).get()
  await settle()
  assert.equal(alice.trust(BOB).get(), "unverified")
  await compare(await alice.verifyUser(BOB), bob.identity)
  assert.deepEqual([alice.trust(BOB).get(), bob.identity.trust(ALICE).get()], ["verified", "verified"])
  await bob.identity.reset({ authenticate: bob.context.authenticate })
  await settle()
  assert.equal(alice.trust(BOB).get(), "changed")
  assert.equal(bob.identity.trust(ALICE).get(), "verified")
  await alice.acknowledgeChange(BOB)
  assert.equal(alice.trust(BOB).get(), "unverified")
})

test("a verification goes on where syncs leave messages out", async () => {
  const { server, identity: alice } = await account()
  const bob = await account(BOB, "BOBS", server)
  server.hasGaps = true
  await compare(await alice.verifyUser(BOB), bob.identity)
  await eventually(() => alice.trust(BOB).get() === "verified" && bob.identity.trust(ALICE).get() === "verified")
  assert.deepEqual([alice.trust(BOB).get(), bob.identity.trust(ALICE).get()], ["verified", "verified"])
})

test("whom one device verified is verified on the other", async () => {
  const { server, identity: alice, recoveryKey } = await account()
  const bob = await account(BOB, "BOBS", server)
  await compare(await alice.verifyUser(BOB), bob.identity)
  const second = await TestContext.identity(server, ALICE, "SECOND")
  second.identity.trust(BOB).get()
  await settle()
  assert.equal(second.identity.trust(BOB).get(), "unverified")
  await second.identity.recover(recoveryKey)
  await settle()
  assert.equal(second.identity.trust(BOB).get(), "verified")
})

test("an identity that the server made up is not trusted", async () => {
  const { server, identity } = await account()
  const [master, selfSigning] = [await Ed25519Key.generate(), await Ed25519Key.generate()]
  const object = (usage: string, key: Ed25519Key) => ({ user_id: ALICE, usage: [usage], keys: { [`ed25519:${key.text}`]: key.text } })
  const stored = server.account(ALICE)
  stored.keys = { master_key: object("master", master), self_signing_key: await signJSON(object("self_signing", selfSigning), ALICE, `ed25519:${master.text}`, master) }
  const device = stored.devices.get("FIRST")
  assert(device)
  stored.devices.set("FIRST", await signJSON(device, ALICE, `ed25519:${selfSigning.text}`, selfSigning))
  server.changed([ALICE])
  assert.equal(await kindOf(identity), "needs-verification")
  assert.equal(identity.trust(ALICE).get(), "unverified")
})

test("beginning anew asks for the password, and other devices see it", async () => {
  const { server, identity: old, recoveryKey } = await account()
  server.asksPassword = true
  const { identity, context } = await TestContext.identity(server, ALICE, "SECOND", "pw")
  await settle()
  await assert.rejects(identity.reset({ authenticate: async () => undefined }), { code: "M_CANCELLED" })
  assert.equal(await kindOf(old), "ready")
  const { recoveryKey: newKey } = await identity.reset({ authenticate: context.authenticate })
  assert.equal(await kindOf(identity), "ready")
  assert.equal(await kindOf(old), "needs-verification")
  await assert.rejects(old.recover(recoveryKey), { code: "wrong-key" })
  await old.recover(newKey)
  assert.equal(await kindOf(old), "ready")
  assert.equal(identity.backup.get().version, "2")
  assert.equal(old.backup.get().version, "2")
})

test("without another device and recovery it says that there is none", async () => {
  const { server } = await account()
  server.account(ALICE).data.clear()
  const { identity } = await TestContext.identity(server, ALICE, "SECOND")
  await settle()
  assert.deepEqual(identity.setup.get(), { kind: "needs-verification", canRecover: false, otherDevices: 1 })
  await assert.rejects(identity.recover("x"), { code: "no-recovery" })
  await assert.rejects(identity.bootstrap({ authenticate: async () => undefined }), { code: "needs-verification" })
})

test("what got lost is said, and made anew with a new recovery key", async () => {
  const { server, identity, context } = await account()
  server.account(ALICE).data.delete("m.secret_storage.default_key")
  const again = await (async () => {
    await context.host.setAccountData("m.secret_storage.default_key", {})
    return kindOf(identity)
  })()
  assert.equal(again, "incomplete")
  assert.deepEqual(identity.setup.get(), { kind: "incomplete", missing: ["recovery"] })
  const before = server.account(ALICE).keys.master_key
  const { recoveryKey } = await identity.bootstrap({ authenticate: context.authenticate })
  assert.equal(await kindOf(identity), "ready")
  assert.deepEqual(server.account(ALICE).keys.master_key?.["keys"], before?.["keys"])
  assert.equal(server.account(ALICE).versions.length, 1)
  const { identity: second } = await TestContext.identity(server, ALICE, "SECOND")
  await second.recover(recoveryKey)
  assert.equal(await kindOf(second), "ready")
})

test("a missing key is looked up in the backup, once", async () => {
  const { server, recoveryKey, context: first } = await account()
  const { identity, context } = await TestContext.identity(server, ALICE, "SECOND")
  await identity.recover(recoveryKey)
  await settle()
  await first.putInboundSessions([session("late")], "import")
  await eventually(() => first.backedUp.has("late"))
  for (let round = 0; round < 3; round += 1) {
    context.miss("!room:x", "late")
    context.miss("!room:x", "never")
  }
  await eventually(() => context.sessions.has("late") && server.calls.some((call) => call.endsWith("/never")))
  assert.deepEqual(context.sessions.get("late"), session("late"))
  const asked = server.calls.filter((call) => call.endsWith("/never") || call.endsWith("/late"))
  assert.equal(asked.length, 2)
})

test("a backup that nobody vouches for gets nothing", async () => {
  const { server, identity, context } = await account()
  server.account(ALICE).versions.push({
    version: "2", body: { algorithm: "m.megolm_backup.v1.curve25519-aes-sha2", auth_data: { public_key: "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo" } }, rooms: new Map(),
  })
  await context.putInboundSessions([session("secret")], "import")
  await settle()
  await settle()
  assert.equal(identity.backup.get().isEnabled, false)
  assert.equal(server.account(ALICE).versions[1]?.rooms.size, 0)
  assert.equal(context.backedUp.size, 0)
})

test("a preference against backups is kept", async () => {
  const server = new MemoryServer()
  server.account(ALICE).data.set("m.key_backup", { enabled: false })
  const { identity, context } = await TestContext.identity(server, ALICE, "FIRST")
  await identity.bootstrap({ authenticate: context.authenticate })
  assert.equal(await kindOf(identity), "ready")
  assert.equal(server.account(ALICE).versions.length, 0)
})
