import assert from "node:assert/strict"
import test from "node:test"
import { keyFromNewPassphrase, keyFromPassphrase, SecretStorageKey } from "../../../../source/matrix/crypto/identity/SecretStorageKey"
import { fromBase64, toPaddedBase64 } from "../../../../source/matrix/crypto/primitives/base64"
import { randomBytes, utf8 } from "../../../../source/matrix/crypto/primitives/bytes"

test("a secret comes back under its name with its key, and not otherwise", async () => {
  const key = new SecretStorageKey(randomBytes(32))
  const sealed = await key.encrypt("m.megolm_backup.v1", "geheim ✓")
  assert.equal(await key.decrypt("m.megolm_backup.v1", sealed), "geheim ✓")
  assert.equal(await key.decrypt("m.cross_signing.master", sealed), undefined)
  assert.equal(await new SecretStorageKey(randomBytes(32)).decrypt("m.megolm_backup.v1", sealed), undefined)
  assert.equal(await key.decrypt("m.megolm_backup.v1", {}), undefined)
})

test("base64 with padding is read too", async () => {
  const key = new SecretStorageKey(randomBytes(32))
  const sealed = await key.encrypt("name", "x")
  const pad = (text: unknown) => toPaddedBase64(fromBase64(String(text)) ?? new Uint8Array())
  assert.equal(await key.decrypt("name", { iv: pad(sealed["iv"]), ciphertext: pad(sealed["ciphertext"]), mac: pad(sealed["mac"]) }), "x")
})

test("a description tells the right key from others", async () => {
  const key = new SecretStorageKey(randomBytes(32))
  const description = await key.description()
  assert.equal(await key.matches(description), true)
  assert.equal(await new SecretStorageKey(randomBytes(32)).matches(description), false)
  assert.equal(await key.matches({ algorithm: description["algorithm"] ?? "" }), true)
  assert.equal(await key.matches({ ...description, iv: "AA" }), false)
})

test("the initialisation vector never carries", async () => {
  for (let round = 0; round < 64; round += 1) {
    const iv = fromBase64(String((await new SecretStorageKey(randomBytes(32)).encrypt("n", "s"))["iv"]))
    assert.equal((iv?.[8] ?? 255) & 0x80, 0)
  }
})

test("a passphrase makes the same key again", async () => {
  const { key, info } = await keyFromNewPassphrase("correct horse battery staple")
  const description = await key.description(info)
  assert.deepEqual((await keyFromPassphrase("correct horse battery staple", description))?.bytes, key.bytes)
  const wrong = await keyFromPassphrase("wrong", description)
  assert(wrong !== undefined && !await wrong.matches(description))
})

test("derivations that are no use, or would take for ever, are refused", async () => {
  const info = { algorithm: "m.pbkdf2", salt: "s", iterations: 10 }
  assert.equal((await keyFromPassphrase("p", { passphrase: info }))?.bytes.length, 32)
  for (const wrong of [{}, { ...info, algorithm: "m.scrypt" }, { ...info, iterations: 1e9 }, { ...info, iterations: 0 }, { ...info, bits: 12 }]) {
    assert.equal(await keyFromPassphrase("p", { passphrase: wrong }), undefined)
  }
})

test("PBKDF2 with SHA-512 gives the published vector", async () => {
  const key = await keyFromPassphrase("password", { passphrase: { algorithm: "m.pbkdf2", salt: "salt", iterations: 2, bits: 512 } })
  const hex = [...key?.bytes ?? []].map((byte) => byte.toString(16).padStart(2, "0")).join("")
  assert.equal(hex, "e1d9c16aa681708a45f5c7c4e215ceb66e011a2e9f0040713f18aefdb866d53cf76cab2868a39b9f7840edce4fef5a82be67335c77a6068e04112754f27ccf4e")
  assert.equal(utf8("salt").length, 4)
})
