import assert from "node:assert/strict"
import test from "node:test"
import type { JSONObject } from "../../../../source/matrix/base/read"
import { BackupKey, encryptForBackup } from "../../../../source/matrix/crypto/identity/BackupKey"
import { keyFromBase64 } from "../../../../source/matrix/crypto/primitives/base64"
import { hasPeer, Peer } from "../support/Peer"

const SESSION: JSONObject = { algorithm: "m.megolm.v1.aes-sha2", session_key: "schlüssel", sender_claimed_keys: {}, forwarding_curve25519_key_chain: [] }

function publicBytes(key: BackupKey): Uint8Array {
  const bytes = keyFromBase64(key.publicKey)
  assert(bytes)
  return bytes
}

test("a session goes into the backup and comes back", async () => {
  const key = await BackupKey.generate()
  const data = await encryptForBackup(publicBytes(key), SESSION)
  assert.deepEqual(await key.decrypt(data), SESSION)
  const same = await BackupKey.fromSecret(key.secret)
  assert.equal(same?.publicKey, key.publicKey)
  assert.deepEqual(await same?.decrypt(data), SESSION)
})

test("another key does not open it, nor does nonsense", async () => {
  const key = await BackupKey.generate()
  const data = await encryptForBackup(publicBytes(key), SESSION)
  assert.equal(await (await BackupKey.generate()).decrypt(data), undefined)
  for (const wrong of [{}, { ...data, mac: "AAAAAAAAAAA" }, { ...data, ephemeral: "A".repeat(43) }, { ...data, ciphertext: "%" }]) assert.equal(await key.decrypt(wrong), undefined)
  assert.equal(await BackupKey.fromSecret("short"), undefined)
})

test("libolm and vodozemac read it, and are read", { skip: !hasPeer, timeout: 60_000 }, async () => {
  const peer = new Peer("identity/peer.py")
  try {
    const key = await BackupKey.generate()
    const text = JSON.stringify(SESSION)
    const answer = await peer.call("pk-decrypt", { secret: key.secret, data: await encryptForBackup(publicBytes(key), SESSION) })
    assert.deepEqual(answer, { public: key.publicKey, olm: text, vodozemac: text })
    for (const other of ["olm", "vodozemac"]) {
      const data = await peer.call("pk-encrypt", { by: other, key: key.publicKey, text })
      assert.deepEqual(await key.decrypt(data), SESSION, other)
    }
  } finally {
    peer.end()
  }
})

test("a thousand sessions are opened in a moment", async (context) => {
  const key = await BackupKey.generate()
  const data = await Promise.all(Array.from({ length: 1_000 }, () => encryptForBackup(publicBytes(key), SESSION)))
  const began = Date.now()
  const opened = await Promise.all(data.map((one) => key.decrypt(one)))
  context.diagnostic(`${Date.now() - began} ms`)
  assert(opened.every((one) => one !== undefined))
})
