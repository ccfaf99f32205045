import type { VersionShape } from "./versions"

const MASKS: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
]

/** The modules of a code while it is drawn. */
export class QRMatrix {
  private readonly modules: Uint8Array
  /** Patterns, format and version, which carry no data and are not masked. */
  private readonly reserved: Uint8Array
  private readonly size: number
  private cost: number | undefined

  constructor(private readonly shape: VersionShape) {
    this.size = shape.size
    this.modules = new Uint8Array(this.size * this.size)
    this.reserved = new Uint8Array(this.size * this.size)
    this.drawPatterns()
  }

  /** Draws the codewords, masked, and the information on the format. */
  place(codewords: Uint8Array, mask: number) {
    this.drawFormat(mask)
    const isMasked = MASKS[mask]
    if (isMasked === undefined) throw new RangeError("a mask is a number from 0 to 7")
    let index = 0
    let isUpward = true
    for (let right = this.size - 1; right >= 1; right -= 2) {
      // The vertical timing pattern has a column of its own.
      if (right === 6) right = 5
      for (let step = 0; step < this.size; step += 1) {
        const y = isUpward ? this.size - 1 - step : step
        for (const x of [right, right - 1]) {
          if (this.reserved[y * this.size + x] === 1) continue
          const bit = ((codewords[index >> 3] ?? 0) >> (7 - (index & 7))) & 1
          this.modules[y * this.size + x] = bit ^ (isMasked(x, y) ? 1 : 0)
          index += 1
        }
      }
      isUpward = !isUpward
    }
  }

  rows(): boolean[][] {
    return Array.from({ length: this.size }, (_, y) => Array.from({ length: this.size }, (_unused, x) => this.isDark(x, y)))
  }

  /** How hard the code is to read, by the four rules of the standard; look at it when everything is drawn. */
  get penalty(): number {
    this.cost ??= this.lines() + this.squares() + this.balance()
    return this.cost
  }

  private isDark(x: number, y: number): boolean {
    return this.modules[y * this.size + x] === 1
  }

  private set(x: number, y: number, isDark: boolean) {
    if (x < 0 || y < 0 || x >= this.size || y >= this.size) return
    this.modules[y * this.size + x] = isDark ? 1 : 0
    this.reserved[y * this.size + x] = 1
  }

  private drawPatterns() {
    for (let index = 0; index < this.size; index += 1) {
      this.set(6, index, index % 2 === 0)
      this.set(index, 6, index % 2 === 0)
    }
    const far = this.size - 4
    for (const [x, y] of [[3, 3], [far, 3], [3, far]] as const) this.drawSquares(x, y, 4, (distance) => distance !== 2 && distance !== 4)
    const centres = this.shape.alignment
    const last = centres.length - 1
    centres.forEach((x, column) => centres.forEach((y, row) => {
      const isAtFinder = (column === 0 && row === 0) || (column === 0 && row === last) || (column === last && row === 0)
      if (!isAtFinder) this.drawSquares(x, y, 2, (distance) => distance !== 1)
    }))
    this.drawFormat(0)
    this.drawVersion()
  }

  private drawSquares(centreX: number, centreY: number, radius: number, isDark: (distance: number) => boolean) {
    for (let y = -radius; y <= radius; y += 1) {
      for (let x = -radius; x <= radius; x += 1) this.set(centreX + x, centreY + y, isDark(Math.max(Math.abs(x), Math.abs(y))))
    }
  }

  /** Level and mask with their BCH code, twice. */
  private drawFormat(mask: number) {
    const data = ((this.shape.level === "L" ? 1 : 0) << 3) | mask
    const bits = ((data << 10) | remainder(data, 10, 0x537)) ^ 0x5412
    const bit = (index: number) => ((bits >>> index) & 1) === 1
    for (let index = 0; index <= 5; index += 1) this.set(8, index, bit(index))
    this.set(8, 7, bit(6))
    this.set(8, 8, bit(7))
    this.set(7, 8, bit(8))
    for (let index = 9; index < 15; index += 1) this.set(14 - index, 8, bit(index))
    for (let index = 0; index < 8; index += 1) this.set(this.size - 1 - index, 8, bit(index))
    for (let index = 8; index < 15; index += 1) this.set(8, this.size - 15 + index, bit(index))
    this.set(8, this.size - 8, true)
  }

  private drawVersion() {
    const version = this.shape.version
    if (version < 7) return
    const bits = (version << 12) | remainder(version, 12, 0x1f25)
    for (let index = 0; index < 18; index += 1) {
      const isDark = ((bits >>> index) & 1) === 1
      const across = this.size - 11 + (index % 3)
      const along = Math.floor(index / 3)
      this.set(across, along, isDark)
      this.set(along, across, isDark)
    }
  }

  /** Runs of five and more modules of one colour, and what looks like a finder pattern. */
  private lines(): number {
    let cost = 0
    for (const isRow of [true, false]) {
      for (let line = 0; line < this.size; line += 1) {
        let run = 0
        let last = -1
        let recent = 0
        for (let position = 0; position < this.size; position += 1) {
          const module = (isRow ? this.modules[line * this.size + position] : this.modules[position * this.size + line]) ?? 0
          run = module === last ? run + 1 : 1
          last = module
          if (run === 5) cost += 3
          else if (run > 5) cost += 1
          recent = ((recent << 1) | module) & 0x7ff
          if (position >= 10 && (recent === 0b10111010000 || recent === 0b00001011101)) cost += 40
        }
      }
    }
    return cost
  }

  private squares(): number {
    let cost = 0
    for (let y = 0; y + 1 < this.size; y += 1) {
      for (let x = 0; x + 1 < this.size; x += 1) {
        const colour = this.isDark(x, y)
        if (colour === this.isDark(x + 1, y) && colour === this.isDark(x, y + 1) && colour === this.isDark(x + 1, y + 1)) cost += 3
      }
    }
    return cost
  }

  private balance(): number {
    const dark = this.modules.reduce((sum, module) => sum + module, 0)
    return Math.floor(Math.abs((dark * 20) / this.modules.length - 10)) * 10
  }
}

/** The remainder of the BCH code with that generator. */
function remainder(data: number, degree: number, generator: number): number {
  let rest = data
  for (let step = 0; step < degree; step += 1) rest = (rest << 1) ^ ((rest >>> (degree - 1)) * generator)
  return rest
}
