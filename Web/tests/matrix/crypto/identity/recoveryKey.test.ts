import assert from "node:assert/strict"
import test from "node:test"
import { decodeRecoveryKey, encodeRecoveryKey } from "../../../../source/matrix/crypto/identity/recoveryKey"

const KEY = Uint8Array.from([
  0x77, 0x07, 0x6d, 0x0a, 0x73, 0x18, 0xa5, 0x7d, 0x3c, 0x16, 0xc1, 0x72, 0x51, 0xb2, 0x66, 0x45,
  0xdf, 0x4c, 0x2f, 0x87, 0xeb, 0xc0, 0x99, 0x2a, 0xb1, 0x77, 0xfb, 0xa5, 0x1d, 0xb9, 0x2c, 0x2a,
])
const TEXT = "EsTc LW2K PGiF wKEA 3As5 g5c4 BXwk qeeJ ZJV8 Q9fu gUMN UE4d"

test("a key is written as other clients write it", () => {
  assert.equal(encodeRecoveryKey(KEY), TEXT)
  assert.deepEqual(decodeRecoveryKey(TEXT), KEY)
})

test("spaces and line breaks do not matter", () => {
  assert.deepEqual(decodeRecoveryKey(` ${TEXT.replace(/ /g, "\n")} `), KEY)
  assert.deepEqual(decodeRecoveryKey(TEXT.replace(/ /g, "")), KEY)
})

test("every mistyped character is noticed", () => {
  for (let index = 0; index < TEXT.length; index += 1) {
    if (TEXT[index] === " ") continue
    const wrong = TEXT.slice(0, index) + (TEXT[index] === "2" ? "3" : "2") + TEXT.slice(index + 1)
    const read = decodeRecoveryKey(wrong)
    assert(read === undefined || TEXT.replace(/ /g, "") !== encodeRecoveryKey(read).replace(/ /g, ""), wrong)
  }
})

test("what is no key is none", () => {
  for (const text of ["", "wrong", "0OIl", TEXT.slice(0, -1), `${TEXT}1`, "correct horse battery staple"]) assert.equal(decodeRecoveryKey(text), undefined)
})

test("keys that begin with zeros survive", () => {
  for (let round = 0; round < 50; round += 1) {
    const key = crypto.getRandomValues(new Uint8Array(32))
    key.fill(0, 0, round % 5)
    assert.deepEqual(decodeRecoveryKey(encodeRecoveryKey(key)), key)
  }
})
