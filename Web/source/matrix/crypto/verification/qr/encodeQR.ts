import { errorCorrection } from "./galois"
import { QRMatrix } from "./QRMatrix"
import { capacity, type CorrectionLevel, lengthBits, shapeOf, type VersionShape } from "./versions"

/** The bytes as a QR code of the smallest version that holds them: rows of modules, true for dark, without the quiet zone of four. */
export function encodeQR(bytes: Uint8Array, level: CorrectionLevel = "M"): boolean[][] {
  const shape = smallestShape(bytes.length, level)
  if (shape === undefined) throw new RangeError(`${bytes.length} bytes do not fit into a QR code`)
  const codewords = interleave(dataCodewords(bytes, shape), shape)
  let best: QRMatrix | undefined
  for (let mask = 0; mask < 8; mask += 1) {
    const matrix = new QRMatrix(shape)
    matrix.place(codewords, mask)
    if (best === undefined || matrix.penalty < best.penalty) best = matrix
  }
  return best?.rows() ?? []
}

function smallestShape(length: number, level: CorrectionLevel): VersionShape | undefined {
  for (let version = 1; version <= 40; version += 1) {
    const shape = shapeOf(version, level)
    if (capacity(shape) >= length) return shape
  }
  return undefined
}

/** One segment in byte mode, its end and the padding. */
function dataCodewords(bytes: Uint8Array, shape: VersionShape): Uint8Array {
  const bits: number[] = []
  const append = (value: number, count: number) => {
    for (let bit = count - 1; bit >= 0; bit -= 1) bits.push((value >>> bit) & 1)
  }
  append(0b0100, 4)
  append(bytes.length, lengthBits(shape.version))
  for (const byte of bytes) append(byte, 8)
  append(0, Math.min(4, shape.dataCodewords * 8 - bits.length))
  append(0, (8 - (bits.length % 8)) % 8)
  for (let pad = 0xec; bits.length < shape.dataCodewords * 8; pad ^= 0xec ^ 0x11) append(pad, 8)
  const result = new Uint8Array(shape.dataCodewords)
  bits.forEach((bit, index) => { result[index >> 3] = (result[index >> 3] ?? 0) | (bit << (7 - (index & 7))) })
  return result
}

/** Splits the data into blocks, adds the correction of each, and deals both out codeword by codeword. */
function interleave(data: Uint8Array, shape: VersionShape): Uint8Array {
  const shortLength = Math.floor(shape.dataCodewords / shape.blocks)
  const shortBlocks = shape.blocks - (shape.dataCodewords % shape.blocks)
  const blocks: Uint8Array[] = []
  for (let index = 0, offset = 0; index < shape.blocks; index += 1) {
    const length = shortLength + (index < shortBlocks ? 0 : 1)
    blocks.push(data.subarray(offset, offset + length))
    offset += length
  }
  const corrections = blocks.map((block) => errorCorrection(block, shape.correctionPerBlock))
  const result: number[] = []
  for (const parts of [blocks, corrections]) {
    const longest = Math.max(...parts.map((part) => part.length))
    for (let position = 0; position < longest; position += 1) {
      for (const part of parts) {
        const codeword = part[position]
        if (codeword !== undefined) result.push(codeword)
      }
    }
  }
  return new Uint8Array(result)
}
