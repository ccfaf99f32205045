import assert from "node:assert/strict"
import test from "node:test"
import { emojiName } from "../../../source/domain/verification/emojiNames"
import { qrCode, scannedBytes } from "../../../source/domain/verification/qrCode"

test("a code is a square with its three corner marks", () => {
  const rows = qrCode(new Uint8Array(120).fill(7))
  assert.ok(rows.every((row) => row.length === rows.length))
  const last = rows.length - 1
  for (const [y, x] of [[0, 0], [0, last], [last, 0]] as const) assert.equal(rows[y]?.[x], true)
  assert.equal(rows[1]?.[1], false)
})

test("a scanned text is taken byte by byte, or not at all", () => {
  assert.deepEqual(scannedBytes("MATRIX\u0002\u00ff"), new Uint8Array([77, 65, 84, 82, 73, 88, 2, 255]))
  assert.equal(scannedBytes("MATRIX\u0002\ufffd"), undefined)
  assert.equal(scannedBytes("https://example.org"), undefined)
})

test("an emoji that the table does not know keeps the name it came with", () => {
  assert.equal(emojiName("🦄", "Unicorn", "de"), "Einhorn")
  assert.equal(emojiName("🫠", "Melting", "de"), "Melting")
})
