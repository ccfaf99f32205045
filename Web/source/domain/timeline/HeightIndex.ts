/**
 * The heights of a list's rows with their running sums, in a binary indexed tree: changing a height and finding the row at a position take
 * logarithmic time, however long the list is.
 */
export class HeightIndex {
  private readonly tree: Float64Array
  private readonly heights: Float64Array
  private readonly highestBit: number

  constructor(heights: ArrayLike<number>) {
    this.heights = Float64Array.from(heights)
    const length = this.heights.length
    this.tree = new Float64Array(length + 1)
    for (let index = 1; index <= length; index += 1) {
      this.tree[index] = (this.tree[index] ?? 0) + (this.heights[index - 1] ?? 0)
      const parent = index + (index & -index)
      if (parent <= length) this.tree[parent] = (this.tree[parent] ?? 0) + (this.tree[index] ?? 0)
    }
    this.highestBit = length === 0 ? 0 : 1 << (31 - Math.clz32(length))
  }

  get length(): number {
    return this.heights.length
  }

  get total(): number {
    return this.offset(this.heights.length)
  }

  height(index: number): number {
    return this.heights[index] ?? 0
  }

  set(index: number, height: number) {
    const change = height - (this.heights[index] ?? 0)
    if (change === 0 || index < 0 || index >= this.heights.length) return
    this.heights[index] = height
    for (let at = index + 1; at < this.tree.length; at += at & -at) this.tree[at] = (this.tree[at] ?? 0) + change
  }

  /** The sum of all heights before a row. */
  offset(index: number): number {
    let sum = 0
    for (let at = Math.min(index, this.heights.length); at > 0; at -= at & -at) sum += this.tree[at] ?? 0
    return sum
  }

  /** The row that covers a position; the first or last where it lies outside. */
  indexAt(position: number): number {
    let at = 0
    let rest = position
    for (let bit = this.highestBit; bit > 0; bit >>= 1) {
      const next = at + bit
      if (next < this.tree.length && (this.tree[next] ?? 0) <= rest) {
        at = next
        rest -= this.tree[next] ?? 0
      }
    }
    return Math.max(0, Math.min(at, this.heights.length - 1))
  }
}
