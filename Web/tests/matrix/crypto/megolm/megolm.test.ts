import assert from "node:assert/strict"
import { test } from "node:test"
import { asString, asStrings } from "../../../../source/matrix/base/read"
import { InboundMegolm, MegolmError } from "../../../../source/matrix/crypto/megolm/InboundMegolm"
import { decodeMegolmMessage } from "../../../../source/matrix/crypto/megolm/MegolmMessage"
import { OutboundMegolm } from "../../../../source/matrix/crypto/megolm/OutboundMegolm"
import { decodeExportedKey, decodeSharedKey } from "../../../../source/matrix/crypto/megolm/sessionKey"
import { fromBase64, toBase64 } from "../../../../source/matrix/crypto/primitives/base64"
import { fromUTF8, randomBytes, utf8 } from "../../../../source/matrix/crypto/primitives/bytes"
import { hasPeer, Peer } from "../support/Peer"

const boundaries = [0, 1, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 131_071, 131_072]
const bytesOf = (text: unknown) => fromBase64(asString(text) ?? "") ?? new Uint8Array()

async function read(session: InboundMegolm, body: string): Promise<string> {
  const message = decodeMegolmMessage(bytesOf(body))
  assert.ok(message)
  return fromUTF8(await session.decrypt(message)) ?? ""
}

test("vodozemac's messages, at the places where the ratchet turns", { skip: !hasPeer, timeout: 180_000 }, async () => {
  const peer = new Peer()
  try {
    const theirs = await peer.call("group")
    const session = theirs["session"] ?? ""
    const key = await decodeSharedKey(bytesOf(theirs["key"]))
    assert.ok(key)
    const inbound = new InboundMegolm(key)
    assert.equal(inbound.id, theirs["id"])
    const theirInbound = await peer.call("group_inbound", { key: theirs["key"] ?? "" })
    const bodies: [number, string][] = []
    for (const index of boundaries.filter((one) => one < 70_000)) {
      await peer.call("group_skip", { session, to: index })
      const [body] = asStrings((await peer.call("group_encrypt", { session, texts: [`at ${index}`] }))["messages"])
      assert.ok(body)
      bodies.push([index, body])
      const exported = await peer.member("group_export", { session: theirInbound["session"] ?? "", index }, "key")
      assert.equal(toBase64(inbound.exportedKey(index)), exported, `key at ${index}`)
    }
    for (const [index, body] of [...bodies, ...[...bodies].reverse()]) assert.equal(await read(inbound, body), `at ${index}`)
    const far = await peer.member("group_export", { session: theirInbound["session"] ?? "", index: 20_000_000 }, "key")
    assert.equal(toBase64(inbound.exportedKey(20_000_000)), far)
  } finally {
    peer.end()
  }
})

test("our messages, read by vodozemac, from shared and from exported keys", { skip: !hasPeer, timeout: 180_000 }, async () => {
  const peer = new Peer()
  try {
    const created = await OutboundMegolm.create()
    const start = new InboundMegolm(decodeExportedKey(created.exportedKey()) ?? assert.fail())
    const whole = await peer.call("group_inbound", { key: await created.sharedKey() })
    assert.equal(whole["id"], created.id)
    for (const index of boundaries) {
      const key = decodeExportedKey(start.exportedKey(index))
      assert.ok(key)
      const outbound = await OutboundMegolm.restore({ ...created.state, ratchet: key.ratchet, index })
      const shared = await peer.call("group_inbound", { key: await outbound.sharedKey() })
      const exported = await peer.call("group_inbound", { key: toBase64(outbound.exportedKey()), exported: true })
      assert.equal(shared["first"], index)
      for (const text of ["one", "two", "three"]) {
        const body = await outbound.encrypt(utf8(text))
        for (const session of [whole, shared, exported]) {
          const found = await peer.call("group_decrypt", { session: session["session"] ?? "", body })
          assert.equal(found["plaintext"], text)
        }
        assert.equal(await read(start, body), text)
      }
      assert.equal(outbound.index, index + 3)
    }
  } finally {
    peer.end()
  }
})

test("winding on far is the same as winding on step by step", async () => {
  const outbound = await OutboundMegolm.restore({ ...(await OutboundMegolm.create()).state, ratchet: randomBytes(128), index: 0xfffff0 })
  const key = decodeExportedKey(outbound.exportedKey()) ?? assert.fail()
  const inbound = new InboundMegolm(key)
  for (let step = 0; step < 40; step += 1) {
    assert.equal(toBase64(inbound.exportedKey(outbound.index)), toBase64(outbound.exportedKey()))
    await outbound.encrypt(utf8("x"))
  }
})

test("what is damaged, too old or of another session is refused", async () => {
  const outbound = await OutboundMegolm.create()
  const early = await outbound.encrypt(utf8("early"))
  const key = (await decodeSharedKey(bytesOf(await outbound.sharedKey()))) ?? assert.fail()
  const inbound = new InboundMegolm(key)
  const body = await outbound.encrypt(utf8("text"))
  await assert.rejects(read(inbound, early), (error: unknown) => error instanceof MegolmError && error.problem === "before-first-index")
  const bytes = bytesOf(body)
  for (let place = 0; place < bytes.length; place += 1) {
    const damaged = bytes.slice()
    damaged[place] = (damaged[place] ?? 0) ^ 1
    const message = decodeMegolmMessage(damaged)
    if (message !== undefined) await assert.rejects(inbound.decrypt(message), (error: unknown) => error instanceof MegolmError)
  }
  assert.equal(await read(inbound, body), "text")
  const shared = bytesOf(await outbound.sharedKey())
  shared[10] = (shared[10] ?? 0) ^ 1
  assert.equal(await decodeSharedKey(shared), undefined)
  const other = await OutboundMegolm.create()
  assert.ok(!inbound.isSameRatchet(decodeExportedKey(other.exportedKey()) ?? assert.fail()))
  assert.ok(inbound.isSameRatchet(decodeExportedKey(outbound.exportedKey()) ?? assert.fail()))
})

test("a warm session decrypts more than a thousand messages a second", async (context) => {
  const outbound = await OutboundMegolm.create()
  const inbound = new InboundMegolm(decodeExportedKey(outbound.exportedKey()) ?? assert.fail())
  const bodies: string[] = []
  const text = JSON.stringify({ type: "m.room.message", content: { msgtype: "m.text", body: "x".repeat(200) }, room_id: "!room:server" })
  const encryptStart = performance.now()
  for (let count = 0; count < 2_000; count += 1) bodies.push(await outbound.encrypt(utf8(text)))
  const encryptTime = performance.now() - encryptStart
  for (const order of ["forwards", "backwards"]) {
    const start = performance.now()
    for (const body of order === "forwards" ? bodies : [...bodies].reverse()) assert.equal(await read(inbound, body), text)
    const rate = Math.round(2_000_000 / (performance.now() - start))
    context.diagnostic(`${order}: ${rate} decrypted a second; encrypted ${Math.round(2_000_000 / encryptTime)} a second`)
    assert.ok(rate > 300, `only ${rate} a second`)
  }
})
