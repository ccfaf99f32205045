import { type CorrectionLevel, shapeOf } from "../../../../source/matrix/crypto/verification/qr/versions"

export interface ReadQR {
  readonly level: CorrectionLevel
  readonly bytes: Uint8Array
  readonly blocks: readonly (readonly number[])[]
  readonly correction: number
}

/** Reads a flawless code the long way round: format, mask, zigzag, blocks, segment. */
export function readQR(rows: readonly (readonly boolean[])[]): ReadQR {
  const size = rows.length
  const version = (size - 17) / 4
  const at = (x: number, y: number) => (rows[y]?.[x] === true ? 1 : 0)
  let format = 0
  for (const [x, y] of [[0, 8], [1, 8], [2, 8], [3, 8], [4, 8], [5, 8], [7, 8], [8, 8], [8, 7], [8, 5], [8, 4], [8, 3], [8, 2], [8, 1], [8, 0]] as const) {
    format = (format << 1) | at(x, y)
  }
  format ^= 0b101010000010010
  const level: CorrectionLevel = format >> 13 === 1 ? "L" : "M"
  const mask = (format >> 10) & 7
  const shape = shapeOf(version, level)
  const isPattern = (x: number, y: number): boolean => {
    if ((x < 9 && y < 9) || (x < 9 && y >= size - 8) || (x >= size - 8 && y < 9) || x === 6 || y === 6) return true
    if (version >= 7 && ((x < 6 && y >= size - 11) || (y < 6 && x >= size - 11))) return true
    const centres = shape.alignment
    const last = centres[centres.length - 1]
    return centres.some((cx) => centres.some((cy) => {
      if ((cx === 6 && cy === 6) || (cx === 6 && cy === last) || (cx === last && cy === 6)) return false
      return Math.abs(x - cx) <= 2 && Math.abs(y - cy) <= 2
    }))
  }
  const flips = (x: number, y: number): boolean => {
    switch (mask) {
      case 0: return (y + x) % 2 === 0
      case 1: return y % 2 === 0
      case 2: return x % 3 === 0
      case 3: return (y + x) % 3 === 0
      case 4: return ((y >> 1) + Math.floor(x / 3)) % 2 === 0
      case 5: return ((y * x) % 2) + ((y * x) % 3) === 0
      case 6: return (((y * x) % 2) + ((y * x) % 3)) % 2 === 0
      default: return (((y + x) % 2) + ((y * x) % 3)) % 2 === 0
    }
  }
  const bits: number[] = []
  const columns = []
  for (let x = size - 1; x > 0; x -= x === 8 ? 3 : 2) columns.push(x)
  columns.forEach((right, index) => {
    for (let step = 0; step < size; step += 1) {
      const y = index % 2 === 0 ? size - 1 - step : step
      for (const x of [right, right - 1]) if (!isPattern(x, y)) bits.push(at(x, y) ^ (flips(x, y) ? 1 : 0))
    }
  })
  const codewords = Array.from({ length: shape.codewords }, (_, index) => bits.slice(index * 8, index * 8 + 8).reduce((value, bit) => value * 2 + bit, 0))
  const short = Math.floor(shape.dataCodewords / shape.blocks)
  const firstLong = shape.blocks - (shape.dataCodewords % shape.blocks)
  const data: number[][] = Array.from({ length: shape.blocks }, () => [])
  let next = 0
  for (let position = 0; position <= short; position += 1) {
    data.forEach((block, index) => { if (position < short || index >= firstLong) block.push(codewords[next++] ?? 0) })
  }
  const blocks = data.map((block) => [...block])
  for (let position = 0; position < shape.correctionPerBlock; position += 1) for (const block of blocks) block.push(codewords[next++] ?? 0)
  const stream = data.flat().flatMap((byte) => Array.from({ length: 8 }, (_, bit) => (byte >> (7 - bit)) & 1))
  const number = (from: number, count: number) => stream.slice(from, from + count).reduce((value, bit) => value * 2 + bit, 0)
  if (number(0, 4) !== 4) throw new Error("not in byte mode")
  const lengthBits = version < 10 ? 8 : 16
  const bytes = Uint8Array.from({ length: number(4, lengthBits) }, (_, index) => number(4 + lengthBits + index * 8, 8))
  return { level, bytes, blocks, correction: shape.correctionPerBlock }
}
