import assert from "node:assert/strict"
import { test } from "node:test"
import { fromBase64, fromBase64URL, keyFromBase64, toBase64, toBase64URL, toPaddedBase64 } from "../../../../source/matrix/crypto/primitives/base64"
import { concatenate, equalBytes, fromUTF8, randomBytes, readUint32, uint32, utf8 } from "../../../../source/matrix/crypto/primitives/bytes"
import { canonicalJSON } from "../../../../source/matrix/crypto/primitives/canonicalJSON"
import { Ed25519Key, verifyEd25519 } from "../../../../source/matrix/crypto/primitives/ed25519"
import { decodeFields, encodeFields } from "../../../../source/matrix/crypto/primitives/fields"
import { hkdfSHA256, hmacSHA256 } from "../../../../source/matrix/crypto/primitives/hmac"
import { sha256, sha256Digest } from "../../../../source/matrix/crypto/primitives/sha256"
import { signJSON, verifyJSON } from "../../../../source/matrix/crypto/primitives/signedJSON"
import { X25519Key } from "../../../../source/matrix/crypto/primitives/x25519"

test("base64 of all lengths there and back, and nothing else is read", () => {
  for (let length = 0; length < 70; length += 1) {
    const bytes = randomBytes(length)
    assert.deepEqual(fromBase64(toBase64(bytes)), bytes)
    assert.deepEqual(fromBase64(toPaddedBase64(bytes)), bytes)
    assert.deepEqual(fromBase64URL(toBase64URL(bytes)), bytes)
    assert.equal(toPaddedBase64(bytes), btoa(String.fromCharCode(...bytes)))
  }
  for (const wrong of ["A", "AB=D", "A===", "AB-D", "ABCÿ", "AB D", "AAAAA"]) assert.equal(fromBase64(wrong), undefined, wrong)
  assert.equal(keyFromBase64("AAAA"), undefined)
  assert.equal(keyFromBase64(7), undefined)
})

test("SHA-256, HMAC and HKDF are those of WebCrypto", async () => {
  for (let length = 0; length < 300; length += 1) {
    const bytes = randomBytes(length)
    assert.deepEqual(sha256(bytes), await sha256Digest(bytes))
  }
  for (const [keyLength, length] of [[1, 0], [32, 1], [32, 200], [64, 64], [65, 10], [128, 3]] as const) {
    const secret = randomBytes(keyLength)
    const bytes = randomBytes(length)
    const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"])
    assert.deepEqual(hmacSHA256(secret, bytes), new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes)))
    const input = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"])
    for (const salt of [new Uint8Array(0), new Uint8Array(32), bytes]) {
      const expected = new Uint8Array(await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info: utf8("info") }, input, 80 * 8))
      assert.deepEqual(hkdfSHA256(secret, salt, utf8("info"), 80), expected)
    }
  }
})

test("canonical JSON", () => {
  assert.equal(canonicalJSON({ b: [1, true, null], a: { z: "ü\n\"", y: -5 } }), "{\"a\":{\"y\":-5,\"z\":\"ü\\n\\\"\"},\"b\":[1,true,null]}")
  assert.equal(canonicalJSON({ "\u{1f600}": 1, "\uff01": 2, a: 3, "": 4 }), "{\"\":4,\"a\":3,\"\uff01\":2,\"\u{1f600}\":1}")
  assert.equal(canonicalJSON(-0), "0")
  assert.throws(() => canonicalJSON(1.5))
  assert.throws(() => canonicalJSON({ a: 2 ** 53 }))
})

test("signatures over objects", async () => {
  const key = await Ed25519Key.generate()
  const signed = await signJSON({ a: 1, unsigned: { b: 2 }, signatures: { "@x:y": { "ed25519:Z": "AAAA" } } }, "@a:b", "ed25519:D", key)
  assert.ok(await verifyJSON({ ...signed, unsigned: {} }, "@a:b", "ed25519:D", key.text))
  assert.ok(!(await verifyJSON({ ...signed, a: 2 }, "@a:b", "ed25519:D", key.text)))
  assert.ok(!(await verifyJSON(signed, "@x:y", "ed25519:Z", key.text)))
  assert.ok(!(await verifyJSON(signed, "__proto__", "ed25519:D", key.text)))
})

test("keys come from their secrets again", async () => {
  // The first vectors of RFC 8032 and RFC 7748.
  const signing = await Ed25519Key.fromSeed(hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
  assert.deepEqual(signing.publicKey, hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"))
  assert.ok(await verifyEd25519(signing.publicKey, await signing.sign(utf8("hello")), utf8("hello")))
  const alice = await X25519Key.fromSecret(hex("77076d0a7318a57d3c16c17251b26645c6426b3fe0ab4eb0d0a0d3b0d3a0b1a5".slice(0, 64)))
  const bob = await X25519Key.generate()
  assert.deepEqual(await alice.agree(bob.publicKey), await bob.agree(alice.publicKey))
  await assert.rejects(alice.agree(new Uint8Array(32)))
  const known = await X25519Key.fromSecret(hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"))
  assert.deepEqual(known.publicKey, hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"))
})

test("members of messages", () => {
  const encoded = encodeFields([[0x08, 300], [0x12, utf8("text")], [0x40, 2 ** 32]])
  const decoded = decodeFields(encoded)
  assert.equal(decoded?.number(0x08), 300)
  assert.equal(fromUTF8(decoded?.bytes(0x12) ?? new Uint8Array()), "text")
  assert.equal(decoded?.number(0x40), 2 ** 32)
  assert.equal(decoded?.number(0x12), undefined)
  for (let cut = 1; cut < encoded.length; cut += 1) decodeFields(encoded.subarray(0, cut))
  assert.equal(decodeFields(concatenate(encoded, new Uint8Array([0x12, 200]))), undefined)
  assert.equal(decodeFields(new Uint8Array(20).fill(255)), undefined)
  assert.equal(readUint32(uint32(0xfedcba98), 0), 0xfedcba98)
  assert.ok(!equalBytes(new Uint8Array(2), new Uint8Array(3)))
})

function hex(text: string): Uint8Array {
  return new Uint8Array((text.match(/../g) ?? []).map((pair) => parseInt(pair, 16)))
}
