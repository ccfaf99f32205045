/**
 * The heights of a list's rows with their running sums, in a binary indexed tree: changing a height and finding the row at a position take
 * logarithmic time, however long the list is.
 */
export class HeightIndex {
  /** Larger than needed, so that rows can be added. */
  private tree: Float64Array
  private heights: Float64Array
  private count: number

  constructor(heights: ArrayLike<number>) {
    this.count = heights.length
    this.heights = new Float64Array(this.count + 64)
    this.heights.set(heights)
    this.tree = new Float64Array(this.heights.length + 1)
    for (let index = 1; index <= this.count; index += 1) {
      this.tree[index] = (this.tree[index] ?? 0) + (this.heights[index - 1] ?? 0)
      const parent = index + (index & -index)
      if (parent <= this.count) this.tree[parent] = (this.tree[parent] ?? 0) + (this.tree[index] ?? 0)
    }
  }

  /** Adds a row at the end. */
  append(height: number) {
    if (this.count === this.heights.length) {
      const larger = new Float64Array(this.count * 2)
      larger.set(this.heights)
      this.heights = larger
      const tree = new Float64Array(larger.length + 1)
      tree.set(this.tree)
      this.tree = tree
    }
    this.heights[this.count] = height
    this.count += 1
    // What its place in the tree stands for: the rows since the last one that covers as many.
    this.tree[this.count] = height + this.offset(this.count - 1) - this.offset(this.count - (this.count & -this.count))
  }

  get length(): number {
    return this.count
  }

  get total(): number {
    return this.offset(this.count)
  }

  height(index: number): number {
    return this.heights[index] ?? 0
  }

  set(index: number, height: number) {
    const change = height - (this.heights[index] ?? 0)
    if (change === 0 || index < 0 || index >= this.count) return
    this.heights[index] = height
    for (let at = index + 1; at <= this.count; at += at & -at) this.tree[at] = (this.tree[at] ?? 0) + change
  }

  /** The sum of all heights before a row. */
  offset(index: number): number {
    let sum = 0
    for (let at = Math.min(index, this.count); at > 0; at -= at & -at) sum += this.tree[at] ?? 0
    return sum
  }

  /** The row that covers a position; the first or last where it lies outside. */
  indexAt(position: number): number {
    let at = 0
    let rest = position
    for (let bit = this.count === 0 ? 0 : 1 << (31 - Math.clz32(this.count)); bit > 0; bit >>= 1) {
      const next = at + bit
      if (next <= this.count && (this.tree[next] ?? 0) <= rest) {
        at = next
        rest -= this.tree[next] ?? 0
      }
    }
    return Math.max(0, Math.min(at, this.count - 1))
  }
}
