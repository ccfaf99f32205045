import { announce, type Observable } from "../../matrix/base/observable"
import type { RoomID } from "../../matrix/contract/events"

/** Counts the work that lists do, so that tests can tell how it grows. */
export interface Meter { operations: number }

interface Entry<K> { readonly id: RoomID; key: K }

/**
 * Rooms in the order of a key. Putting or moving one takes a logarithmic number of comparisons; those that watch are told only where the
 * order or the set of rooms changed. `compare` of two different rooms must never be 0.
 */
export class SortedRooms<K> implements Observable<readonly RoomID[]> {
  private readonly entries: Entry<K>[] = []
  private readonly byID = new Map<RoomID, Entry<K>>()
  private snapshot: readonly RoomID[] | undefined = []
  private readonly listeners = new Set<() => void>()

  constructor(private readonly compare: (a: K, b: K) => number, private readonly meter: Meter = { operations: 0 }) {}

  get(): readonly RoomID[] {
    this.snapshot ??= this.entries.map((entry) => entry.id)
    return this.snapshot
  }

  subscribe(listener: () => void): () => void {
    const own = () => listener()
    this.listeners.add(own)
    return () => {
      this.listeners.delete(own)
    }
  }

  has(id: RoomID): boolean {
    return this.byID.has(id)
  }

  get size(): number {
    return this.entries.length
  }

  put(id: RoomID, key: K) {
    const entry = this.byID.get(id)
    if (entry === undefined) {
      const made = { id, key }
      this.byID.set(id, made)
      this.entries.splice(this.position(key), 0, made)
      return this.changed()
    }
    const from = this.position(entry.key)
    const before = this.entries[from - 1]
    const after = this.entries[from + 1]
    const isInPlace = (before === undefined || this.order(before.key, key) < 0) && (after === undefined || this.order(key, after.key) < 0)
    entry.key = key
    if (isInPlace) return
    this.entries.splice(from, 1)
    this.entries.splice(this.position(key), 0, entry)
    this.changed()
  }

  remove(id: RoomID) {
    const entry = this.byID.get(id)
    if (entry === undefined) return
    this.byID.delete(id)
    this.entries.splice(this.position(entry.key), 1)
    this.changed()
  }

  /** The index of the first entry that does not come before `key`. */
  private position(key: K): number {
    let low = 0
    let high = this.entries.length
    while (low < high) {
      const middle = (low + high) >> 1
      const entry = this.entries[middle]
      if (entry !== undefined && this.order(entry.key, key) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  private order(a: K, b: K): number {
    this.meter.operations += 1
    return this.compare(a, b)
  }

  private changed() {
    this.snapshot = undefined
    announce(this.listeners)
  }
}
