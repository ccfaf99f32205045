import assert from "node:assert/strict"
import test from "node:test"
import { decodeQRPayload, encodeQRPayload, QRMode } from "../../../../source/matrix/crypto/verification/qr/QRPayload"

const payload = {
  mode: QRMode.otherUser,
  transactionId: "$ABCD_äß:example.org",
  firstKey: Uint8Array.from({ length: 32 }, (_, index) => index),
  secondKey: Uint8Array.from({ length: 32 }, (_, index) => index + 16),
  secret: Uint8Array.from([0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27]),
}

test("the bytes are laid out as the specification says", () => {
  const bytes = encodeQRPayload(payload)
  assert.deepEqual([...bytes.subarray(0, 10)], [0x4d, 0x41, 0x54, 0x52, 0x49, 0x58, 0x02, 0x00, 0x00, 22])
  assert.deepEqual([...bytes.subarray(-8)], [...payload.secret])
  assert.deepEqual(decodeQRPayload(bytes), payload)
})

test("other codes are not taken for one", () => {
  const bytes = encodeQRPayload(payload)
  assert.equal(decodeQRPayload(new Uint8Array()), undefined)
  assert.equal(decodeQRPayload(bytes.subarray(0, 10 + 22 + 64)), undefined)
  for (const [index, value] of [[0, 0x6d], [6, 3], [7, 3], [8, 0xff]] as const) {
    const wrong = bytes.slice()
    wrong[index] = value
    assert.equal(decodeQRPayload(wrong), undefined)
  }
})
