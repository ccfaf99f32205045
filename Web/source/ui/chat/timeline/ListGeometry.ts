import { HeightIndex } from "../../../domain/timeline/HeightIndex"

/** What must stay where it is on the screen while rows around it change: the bottom, or rows at heights below the top edge. */
export type Anchor =
  | { readonly kind: "bottom" }
  /** Several rows, in case that the first one goes away. */
  | { readonly kind: "rows"; readonly rows: readonly { readonly key: string; readonly top: number }[] }

export interface Range { readonly from: number; readonly to: number }

const overscan = 900
/** Rows this near to the edge of what is rendered ask for a new range. */
const reserve = 700

/** The places of a list's rows: estimated until they were measured, remembered by key for a width. */
export class ListGeometry {
  private keys: readonly string[] = []
  private indexes = new Map<string, number>()
  private index = new HeightIndex([])
  private readonly measured = new Map<string, number>()
  private readonly estimated = new Map<string, number>()
  private width = 0

  /** Takes new rows; heights that were measured are kept, unless the width changed. */
  setRows(keys: readonly string[], width: number, estimate: (index: number) => number) {
    if (Math.abs(width - this.width) > 1) {
      this.measured.clear()
      this.estimated.clear()
      this.width = width
    }
    const before = this.keys
    this.keys = keys
    // Mostly something was added at the end.
    if (this.estimated.size > 0 && before.length <= keys.length && before.every((key, place) => key === keys[place])) {
      for (let place = before.length; place < keys.length; place += 1) {
        const key = keys[place] ?? ""
        this.indexes.set(key, place)
        this.index.append(this.measured.get(key) ?? this.estimate(key, place, estimate))
      }
      return
    }
    this.indexes = new Map(keys.map((key, place) => [key, place]))
    this.index = new HeightIndex(keys.map((key, place) => this.measured.get(key) ?? this.estimate(key, place, estimate)))
  }

  private estimate(key: string, place: number, estimate: (index: number) => number): number {
    const known = this.estimated.get(key)
    if (known !== undefined) return known
    const made = estimate(place)
    this.estimated.set(key, made)
    return made
  }

  /** Takes a measured height; whether it is another than before. */
  measure(place: number, height: number): boolean {
    const key = this.keys[place]
    if (key === undefined) return false
    this.measured.set(key, height)
    if (Math.abs(this.index.height(place) - height) < 0.5) return false
    this.index.set(place, height)
    return true
  }

  get total(): number {
    return this.index.total
  }

  get count(): number {
    return this.keys.length
  }

  top(place: number): number {
    return this.index.offset(place)
  }

  height(place: number): number {
    return this.index.height(place)
  }

  placeOf(key: string): number | undefined {
    return this.indexes.get(key)
  }

  rowAt(position: number): number {
    return this.index.indexAt(position)
  }

  /** The rows to render around what is visible; the range at hand where that still does. */
  range(top: number, height: number, current: Range): Range {
    if (this.count === 0) return current.from === 0 && current.to === 0 ? current : { from: 0, to: 0 }
    const isWithin = current.to <= this.count && current.from <= this.rowAt(Math.max(0, top - reserve))
      && current.to > this.rowAt(Math.min(this.total, top + height + reserve)) && current.to - current.from < 240
    if (isWithin) return current
    return { from: this.rowAt(Math.max(0, top - overscan)), to: Math.min(this.count, this.rowAt(top + height + overscan) + 1) }
  }

  /** The rows at the top edge of what is visible, to keep them there. */
  anchorAt(top: number): Anchor {
    const first = this.rowAt(top)
    const rows: { key: string; top: number }[] = []
    for (let place = first; place < Math.min(this.count, first + 6); place += 1) {
      const key = this.keys[place]
      if (key !== undefined) rows.push({ key, top: this.top(place) - top })
    }
    return { kind: "rows", rows }
  }

  /** How far to scroll so that the anchor is where it was; undefined for the bottom, or where its rows are gone. */
  scrollFor(anchor: Anchor): number | undefined {
    if (anchor.kind === "bottom") return undefined
    for (const row of anchor.rows) {
      const place = this.placeOf(row.key)
      if (place !== undefined) return this.top(place) - row.top
    }
    return undefined
  }
}
