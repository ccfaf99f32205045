import assert from "node:assert/strict"
import test from "node:test"
import { encodeQR } from "../../../../source/matrix/crypto/verification/qr/encodeQR"
import { multiply, power } from "../../../../source/matrix/crypto/verification/qr/galois"
import { capacity, type CorrectionLevel, shapeOf } from "../../../../source/matrix/crypto/verification/qr/versions"
import { readQR } from "./readQR"

test("codes of all versions are read back, and each block divides by its generator", () => {
  for (const level of ["L", "M"] as CorrectionLevel[]) {
    for (let version = 1; version <= 40; version += 1) {
      const length = capacity(shapeOf(version, level))
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 31 + version * 7 + (index >> 4)) & 0xff)
      const rows = encodeQR(bytes, level)
      assert.equal(rows.length, version * 4 + 17)
      const read = readQR(rows)
      assert.equal(read.level, level)
      assert.deepEqual(read.bytes, bytes)
      for (const block of read.blocks) {
        for (let root = 0; root < read.correction; root += 1) {
          const value = block.reduce((sum, byte) => multiply(sum, power(root)) ^ byte, 0)
          assert.equal(value, 0, `version ${version}-${level}`)
        }
      }
    }
  }
})

test("the smallest version that holds the bytes is taken", () => {
  for (const [length, size] of [[17, 21], [18, 25], [32, 25], [230, 53], [271, 57], [2953, 177]] as const) {
    assert.equal(encodeQR(new Uint8Array(length), "L").length, size)
  }
  assert.throws(() => encodeQR(new Uint8Array(2954), "L"), RangeError)
})

test("what a verification shows is small enough for a telephone's camera", () => {
  assert(encodeQR(new Uint8Array(10 + 44 + 64 + 8), "L").length <= 41)
})
