import assert from "node:assert/strict"
import { test } from "node:test"
import type { Verification, VerificationState } from "../../../../source/matrix/contract/encryption"
import type { AccountRecord, Session } from "../../../../source/matrix/contract/session"
import { decryptKeyExport, encryptKeyExport } from "../../../../source/matrix/crypto/export/keyExport"
import { sessionData } from "../../../../source/matrix/crypto/identity/backup/sessionData"
import { OutboundMegolm } from "../../../../source/matrix/crypto/megolm/OutboundMegolm"
import { toBase64 } from "../../../../source/matrix/crypto/primitives/base64"
import { randomBytes } from "../../../../source/matrix/crypto/primitives/bytes"
import { sasEmoji } from "../../../../source/matrix/crypto/verification/sasEmoji"
import { createAccounts } from "../../../../source/matrix/session/openSession"
import { homeserver, newPerson, openTab, until } from "../../support/live"
import { MemoryBrowser } from "../../support/MemoryPlatform"

const options = { skip: homeserver === undefined, timeout: 120_000 }
const PASSWORD = "a long enough one"
const silent = async (stage: unknown) => ({ type: "m.login.dummy", session: (stage as { session: string }).session })

interface Device { readonly browser: MemoryBrowser; readonly account: AccountRecord; readonly session: Session }

/** Another device of the same person. */
async function anotherDevice(person: Device): Promise<Device> {
  const browser = new MemoryBrowser()
  const accounts = createAccounts(browser.tab())
  const account = await accounts.login(homeserver ?? "", { type: "m.login.password", identifier: { type: "m.id.user", user: person.account.userId }, password: PASSWORD })
  accounts.add(account)
  return { browser, account, session: await openTab(browser, account) }
}

async function withIdentity(name: string): Promise<Device & { recoveryKey: string }> {
  const person = await newPerson(name)
  await until(person.session.encryption.setup, (setup) => setup.kind === "fresh", "a fresh account")
  const { recoveryKey } = await person.session.encryption.bootstrap({ authenticate: silent })
  await until(person.session.encryption.setup, (setup) => setup.kind === "ready", "a set-up account")
  return { ...person, recoveryKey }
}

async function kind<K extends VerificationState["kind"]>(verification: Verification, wanted: K): Promise<Extract<VerificationState, { kind: K }>> {
  const state = await until(verification.state, (now) => now.kind === wanted || now.kind === "cancelled", wanted)
  assert.equal(state.kind, wanted, JSON.stringify(state))
  return state as Extract<VerificationState, { kind: K }>
}

async function accepted(on: Session, id: string): Promise<Verification> {
  const all = await until(on.encryption.verifications, (list) => list.some((one) => one.id === id), "the request")
  const found = all.find((one) => one.id === id)
  assert(found)
  await found.accept()
  return found
}

/** Sessions as other clients export them. */
async function makeSessions(count: number) {
  return Promise.all(Array.from({ length: count }, async (_, index) => {
    const outbound = await OutboundMegolm.create()
    const room = `!room${index % 7}:localhost`
    const data = sessionData({
      room, sessionId: outbound.id, sessionKey: toBase64(outbound.exportedKey()), senderKey: toBase64(randomBytes(32)), claimedEd25519: toBase64(randomBytes(32)),
      forwardingChain: [], sharedHistory: false, firstIndex: 0,
    })
    return { ...data, session_key: String(data["session_key"]), room_id: room, session_id: outbound.id }
  }))
}

async function stop(...devices: (Device | undefined)[]) {
  if (process.env["MARTLET_SHOW_LOGS"] !== undefined) for (const device of devices) console.log(device?.account.userId, device?.account.deviceId, device?.browser.logged.join("\n"))
  await Promise.all(devices.map((device) => device?.session.stop()))
}

test("a new device is verified by emoji, and gets all secrets", options, async () => {
  const first = await withIdentity("ana")
  const second = await anotherDevice(first)
  try {
    const setup = await until(second.session.encryption.setup, (now) => now.kind === "needs-verification", "the need to verify")
    assert.deepEqual(setup, { kind: "needs-verification", canRecover: true, otherDevices: 1 })
    const mine = await second.session.encryption.verifyOwnDevice()
    const theirs = await accepted(first.session, mine.id)
    await kind(mine, "ready")
    await mine.startSAS()
    const [left, right] = [await kind(mine, "comparing"), await kind(theirs, "comparing")]
    assert.deepEqual(left, right)
    assert(left.emoji.every((one) => sasEmoji.some((known) => known.symbol === one.symbol)))
    await Promise.all([mine.confirm(), theirs.confirm()])
    await Promise.all([kind(mine, "done"), kind(theirs, "done")])
    await until(second.session.encryption.setup, (now) => now.kind === "ready", "all secrets")
    await until(first.session.encryption.devices(first.account.userId), (devices) => devices.length === 2 && devices.every((device) => device.isSigned), "two signed devices")
  } finally {
    await stop(first, second)
  }
})

test("a new device is verified by a scanned code, whoever shows it", options, async () => {
  for (const isOldShower of [true, false]) {
    const first = await withIdentity("ben")
    const second = await anotherDevice(first)
    try {
      await until(second.session.encryption.setup, (now) => now.kind === "needs-verification", "the need to verify")
      const mine = await first.session.encryption.verifyOwnDevice(second.account.deviceId)
      const theirs = await accepted(second.session, mine.id)
      const [shower, scanner] = isOldShower ? [mine, theirs] : [theirs, mine]
      await kind(scanner, "ready")
      const { qr } = await kind(shower, "ready")
      assert(qr)
      await scanner.scanned(qr)
      await kind(shower, "scanned-by-other")
      await shower.confirm()
      await Promise.all([kind(mine, "done"), kind(theirs, "done")])
      await until(second.session.encryption.setup, (now) => now.kind === "ready", "all secrets")
    } finally {
      await stop(first, second)
    }
  }
})

test("people verify each other in their direct room, and a reset is noticed", options, async () => {
  const ana = await withIdentity("ana")
  const ben = await withIdentity("ben")
  try {
    const room = await ana.session.directRoom([ben.account.userId])
    await ben.session.join(room)
    await (await ana.session.waitForRoom(room)).loadMembers()
    const trust = ana.session.encryption.trust(ben.account.userId)
    const mine = await ana.session.encryption.verifyUser(ben.account.userId)
    const theirs = await accepted(ben.session, mine.id)
    await kind(mine, "ready")
    await theirs.startSAS()
    assert.deepEqual(await kind(mine, "comparing"), await kind(theirs, "comparing"))
    await Promise.all([mine.confirm(), theirs.confirm()])
    await Promise.all([kind(mine, "done"), kind(theirs, "done")])
    await until(trust, (now) => now === "verified", "trust")
    await until(ben.session.encryption.trust(ana.account.userId), (now) => now === "verified", "trust")
    const second = await anotherDevice(ana)
    try {
      await until(second.session.encryption.setup, (now) => now.kind === "needs-verification", "the need to verify")
      await second.session.encryption.recover(ana.recoveryKey)
      await until(second.session.encryption.trust(ben.account.userId), (now) => now === "verified", "trust on another device")
    } finally {
      await stop(second)
    }
    const password = async (stage: unknown) => ({
      type: "m.login.password", identifier: { type: "m.id.user", user: ben.account.userId }, password: PASSWORD, session: (stage as { session: string }).session,
    })
    await ben.session.encryption.reset({ authenticate: password })
    await until(trust, (now) => now === "changed", "the change")
    await ana.session.encryption.acknowledgeChange(ben.account.userId)
    await until(trust, (now) => now === "unverified", "the acknowledgement")
  } finally {
    await stop(ana, ben)
  }
})

test("a new device restores a thousand keys with the recovery key", options, async (context) => {
  const first = await withIdentity("eva")
  let second: Device | undefined
  try {
    const keys = await makeSessions(1_000)
    const file = await encryptKeyExport(keys, "p", 1_000)
    assert.deepEqual(await first.session.encryption.importKeys(file, "p"), { imported: 1_000, total: 1_000 })
    await until(first.session.encryption.backup, (backup) => backup.waiting > 0, "keys that wait")
    let began = Date.now()
    await until(first.session.encryption.backup, (backup) => backup.waiting === 0, "an empty queue")
    context.diagnostic(`1,000 keys were backed up in ${Date.now() - began} ms`)
    second = await anotherDevice(first)
    await until(second.session.encryption.setup, (now) => now.kind === "needs-verification", "the need to verify")
    await assert.rejects(second.session.encryption.recover("wrong"), { code: "wrong-key" })
    began = Date.now()
    await second.session.encryption.recover(first.recoveryKey)
    await until(second.session.encryption.backup, (backup) => backup.restore !== undefined, "the restore")
    await until(second.session.encryption.backup, (backup) => backup.restore === undefined, "the end of the restore")
    context.diagnostic(`1,000 keys were restored in ${Date.now() - began} ms`)
    const back = await decryptKeyExport(await second.session.encryption.exportKeys("q"), "q")
    assert.equal(back.length, 1_000)
    assert.deepEqual(new Set(back.map((one) => one["session_key"])), new Set(keys.map((one) => one.session_key)))
    await until(second.session.encryption.setup, (now) => now.kind === "ready", "a set-up device")
  } finally {
    await stop(first, second)
  }
})

test("messages from before are read once the new device is verified", options, async () => {
  const first = await withIdentity("ida")
  let second: Device | undefined
  try {
    const id = await first.session.createRoom({ name: "Diary", initial_state: [{ type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } }] })
    const room = await first.session.waitForRoom(id)
    const own = room.open()
    room.send("m.room.message", { msgtype: "m.text", body: "before" })
    await until(own.events, (events) => events.some((event) => event.content["body"] === "before" && event.sending.kind === "received" && event.id !== undefined), "the message")
    await until(first.session.encryption.backup, (backup) => backup.waiting > 0, "a key that waits")
    await until(first.session.encryption.backup, (backup) => backup.waiting === 0, "its backup")
    second = await anotherDevice(first)
    await until(second.session.encryption.setup, (now) => now.kind === "needs-verification", "the need to verify")
    const there = (await second.session.waitForRoom(id)).open()
    await until(there.events, (events) => events.some((event) => event.encryption.kind === "undecryptable"), "what cannot be read")
    await second.session.encryption.recover(first.recoveryKey)
    await until(there.events, (events) => events.some((event) => event.content["body"] === "before"), "what can be read now")
    room.send("m.room.message", { msgtype: "m.text", body: "after" })
    await until(there.events, (events) => events.some((event) => event.content["body"] === "after"), "what came later")
  } finally {
    await stop(first, second)
  }
})

test("two tabs of a device agree on where the account stands", options, async () => {
  const first = await newPerson("tabs")
  const other = await openTab(first.browser, first.account)
  try {
    await until(other.encryption.setup, (setup) => setup.kind === "fresh", "a fresh account")
    await until(first.session.encryption.setup, (setup) => setup.kind === "fresh", "a fresh account")
    const { recoveryKey } = await other.encryption.bootstrap({ authenticate: silent })
    await until(other.encryption.setup, (setup) => setup.kind === "ready", "a set-up account")
    await until(first.session.encryption.setup, (setup) => setup.kind === "ready", "a set-up account in the other tab")
    const second = await anotherDevice(first)
    try {
      await until(second.session.encryption.setup, (setup) => setup.kind === "needs-verification", "the need to verify")
      const mine = await second.session.encryption.verifyOwnDevice()
      // Either tab can take it, and the other lets go of it.
      const theirs = await accepted(other, mine.id)
      await until(first.session.encryption.verifications, (all) => all.length === 0, "the other tab to let go")
      await kind(mine, "ready")
      await theirs.startSAS()
      assert.deepEqual(await kind(mine, "comparing"), await kind(theirs, "comparing"))
      await Promise.all([mine.confirm(), theirs.confirm()])
      await Promise.all([kind(mine, "done"), kind(theirs, "done")])
      await until(second.session.encryption.setup, (setup) => setup.kind === "ready", "all secrets")
      assert.match(recoveryKey, / /)
    } finally {
      await stop(second)
    }
  } finally {
    await other.stop()
    await stop(first)
  }
})
