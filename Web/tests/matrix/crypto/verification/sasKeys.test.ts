import assert from "node:assert/strict"
import test from "node:test"
import { startContent } from "../../../../source/matrix/crypto/verification/agreement"
import { decimalsOf, emojiOf } from "../../../../source/matrix/crypto/verification/SASComparison"
import { sasEmoji } from "../../../../source/matrix/crypto/verification/sasEmoji"
import { SASKeys } from "../../../../source/matrix/crypto/verification/SASKeys"
import { asNumber, asArray } from "../../../../source/matrix/base/read"
import { hasPeer, Peer } from "../support/Peer"

test("there are 64 emoji, all different in each language", () => {
  assert.equal(sasEmoji.length, 64)
  for (const member of ["symbol", "en", "de"] as const) assert.equal(new Set(sasEmoji.map((emoji) => emoji[member])).size, 64)
})

test("bits become emoji and numbers", () => {
  const bytes = Uint8Array.from([0b00000100, 0b00100000, 0b11000100, 0b00010100, 0b01100001, 0b11000000])
  assert.deepEqual(emojiOf(bytes).map((emoji) => emoji.name), ["Cat", "Lion", "Horse", "Unicorn", "Pig", "Elephant", "Rabbit"])
  assert.deepEqual(decimalsOf(Uint8Array.from([0, 0, 0, 0, 0])), [1000, 1000, 1000])
  assert.deepEqual(decimalsOf(Uint8Array.from([255, 255, 255, 255, 255])), [9191, 9191, 9191])
})

test("keys that are none, or degenerate, are refused", async () => {
  const keys = await SASKeys.make()
  await assert.rejects(keys.agree("short"), { code: "m.invalid_message" })
  await assert.rejects(keys.agree("A".repeat(43)), { code: "m.invalid_message" })
})

test("libolm and vodozemac derive the same, the old base64 included", { skip: !hasPeer, timeout: 60_000 }, async () => {
  const peer = new Peer("identity/peer.py")
  try {
    const start = { ...startContent("GERÄT"), transaction_id: "t", "m.relates_to": { rel_type: "m.reference", event_id: "$ü" } }
    const promised = await peer.call("commitment", { key: "A".repeat(43), start })
    assert.equal((await SASKeys.make()).commitment("A".repeat(43), start), promised["commitment"])
    for (const other of ["olm", "vodozemac"]) {
      const keys = await SASKeys.make()
      const info = `MATRIX_KEY_VERIFICATION_SAS|@alice:a|A|${keys.publicKey}|transaction`
      const answer = await peer.call("sas", { by: other, key: keys.publicKey, info, text: "a key to be proved" })
      await keys.agree(String(answer["key"]))
      assert.equal(keys.mac(info, "a key to be proved", "hkdf-hmac-sha256.v2"), answer["mac"])
      assert.equal(keys.mac(info, "a key to be proved", "hkdf-hmac-sha256"), answer["old"])
      if (other === "olm") {
        assert.deepEqual([...keys.bytes(info, 6)], answer["bytes"])
      } else {
        const emoji = asArray(answer["emoji"]).map((index) => sasEmoji[asNumber(index) ?? -1]?.symbol)
        assert.deepEqual(emojiOf(keys.bytes(info, 6)).map((one) => one.symbol), emoji)
        assert.deepEqual(decimalsOf(keys.bytes(info, 5)), answer["decimals"])
      }
    }
  } finally {
    peer.end()
  }
})
