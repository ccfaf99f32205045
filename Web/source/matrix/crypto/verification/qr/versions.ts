/** How much of a code may be unreadable: about 7 % or 15 %. */
export type CorrectionLevel = "L" | "M"

// By version, from 1: error correction codewords in a block, and blocks (ISO/IEC 18004, table 9).
const CODEWORDS_PER_BLOCK: Record<CorrectionLevel, readonly number[]> = {
  L: [
    7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28,
    28, 28, 30, 30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
  ],
  M: [
    10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
    26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  ],
}
const BLOCKS: Record<CorrectionLevel, readonly number[]> = {
  L: [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25],
  M: [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49],
}

/** Measures of one version of QR code at one level. */
export interface VersionShape {
  readonly version: number
  readonly level: CorrectionLevel
  /** Modules along a side. */
  readonly size: number
  readonly blocks: number
  readonly correctionPerBlock: number
  /** Codewords of data and correction together, and of data alone. */
  readonly codewords: number
  readonly dataCodewords: number
  /** Centres of alignment patterns, in both directions. */
  readonly alignment: readonly number[]
}

/** The measures of a version, 1 to 40. */
export function shapeOf(version: number, level: CorrectionLevel): VersionShape {
  const size = version * 4 + 17
  const blocks = BLOCKS[level][version - 1] ?? 1
  const correctionPerBlock = CODEWORDS_PER_BLOCK[level][version - 1] ?? 7
  const alignment = alignmentOf(version, size)
  const codewords = Math.floor(freeModules(version, size, alignment.length) / 8)
  return { version, level, size, blocks, correctionPerBlock, codewords, dataCodewords: codewords - blocks * correctionPerBlock, alignment }
}

/** Bytes that fit: the mode takes 4 bits, the length 8 or 16. */
export function capacity(shape: VersionShape): number {
  return Math.floor((shape.dataCodewords * 8 - 4 - lengthBits(shape.version)) / 8)
}

/** Bits of the length of a byte segment. */
export function lengthBits(version: number): number {
  return version < 10 ? 8 : 16
}

function alignmentOf(version: number, size: number): number[] {
  if (version === 1) return []
  const count = Math.floor(version / 7) + 2
  const step = version === 32 ? 26 : Math.ceil((size - 13) / (count * 2 - 2)) * 2
  const result = [6]
  for (let index = count - 2; index >= 0; index -= 1) result.push(size - 7 - index * step)
  return result
}

/** Modules that carry neither a pattern nor information on format and version. */
function freeModules(version: number, size: number, alignments: number): number {
  const finders = 3 * 64
  const timing = 2 * (size - 16)
  const format = 31
  // Those on the timing lines share five modules with them; three of the grid would lie on finders.
  const patterns = alignments === 0 ? 0 : (alignments * alignments - 3) * 25 - 2 * (alignments - 2) * 5
  const versions = version >= 7 ? 36 : 0
  return size * size - finders - timing - format - patterns - versions
}
