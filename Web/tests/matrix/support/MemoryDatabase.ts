import { DatabaseLost } from "../../../source/matrix/contract/platform"
import type { Database, Key, KeyRange, StoreDeclaration, Transaction } from "../../../source/matrix/contract/platform"

interface Row { readonly key: Key; readonly record: unknown }
type Undo = () => void

/** The data of one database, shared by all who open it. */
export class MemoryDatabaseFile {
  readonly tables = new Map<string, Table>()
  turn: Promise<unknown> = Promise.resolve()
  isGone = false

  declare(stores: readonly StoreDeclaration[]) {
    for (const store of stores) if (!this.tables.has(store.name)) this.tables.set(store.name, new Table(store))
  }
}

/** A transactional database in memory that orders keys as IndexedDB does. */
export class MemoryDatabase implements Database {
  private isClosed = false

  constructor(private readonly file: MemoryDatabaseFile) {}

  transaction<R>(stores: readonly string[], mode: "read" | "write", work: (transaction: Transaction) => Promise<R>): Promise<R> {
    const run = async () => {
      if (this.file.isGone || this.isClosed) throw new DatabaseLost()
      const transaction = new MemoryTransaction(this.file, new Set(stores), mode)
      try {
        return await work(transaction)
      } catch (error) {
        transaction.rollback()
        throw error
      } finally {
        transaction.end()
      }
    }
    const result = this.file.turn.then(run, run)
    this.file.turn = result.catch(() => undefined)
    return result
  }

  close() {
    this.isClosed = true
  }
}

class MemoryTransaction implements Transaction {
  private readonly undo: Undo[] = []
  private isOver = false

  constructor(private readonly file: MemoryDatabaseFile, private readonly stores: ReadonlySet<string>, private readonly mode: "read" | "write") {}

  async get<T>(store: string, key: Key): Promise<T | undefined> {
    return structuredClone(this.table(store).get(key)) as T | undefined
  }

  async list<T>(store: string, options: { index?: string; range?: KeyRange; limit?: number; direction?: "next" | "prev" } = {}): Promise<T[]> {
    return structuredClone(this.table(store).list(options)) as T[]
  }

  put<T>(store: string, record: T) {
    this.undo.push(this.writable(store).put(structuredClone(record)))
  }

  delete(store: string, key: Key) {
    this.undo.push(this.writable(store).deleteRange({ lower: key, upper: key }))
  }

  deleteRange(store: string, range: KeyRange) {
    this.undo.push(this.writable(store).deleteRange(range))
  }

  clear(store: string) {
    this.undo.push(this.writable(store).deleteRange({}))
  }

  rollback() {
    for (const undo of this.undo.reverse()) undo()
  }

  end() {
    this.isOver = true
  }

  private writable(store: string): Table {
    if (this.mode === "read") throw new Error(`the transaction only reads, and wrote to ${store}`)
    return this.table(store)
  }

  private table(store: string): Table {
    if (this.isOver) throw new Error("the transaction is over")
    const table = this.file.tables.get(store)
    if (table === undefined || !this.stores.has(store)) throw new Error(`${store} is not part of the transaction`)
    return table
  }
}

class Table {
  private readonly rows = new SortedRows()
  private readonly indexes = new Map<string, SortedRows>()

  constructor(private readonly declaration: StoreDeclaration) {
    for (const index of declaration.indexes ?? []) this.indexes.set(index.name, new SortedRows(true))
  }

  get(key: Key): unknown {
    const at = this.rows.lower(key, false)
    const row = this.rows.all[at]
    return row !== undefined && compareKeys(row.key, key) === 0 ? row.record : undefined
  }

  list({ index, range, limit, direction }: { index?: string; range?: KeyRange; limit?: number; direction?: "next" | "prev" }): unknown[] {
    const rows = index === undefined ? this.rows : this.indexes.get(index)
    if (rows === undefined) throw new Error(`there is no index ${index ?? ""}`)
    const [first, last] = rows.bounds(range ?? {})
    const count = Math.max(0, Math.min(limit ?? Infinity, last - first))
    const found = direction === "prev" ? rows.all.slice(last - count, last).reverse() : rows.all.slice(first, first + count)
    return found.map((row) => row.record)
  }

  put(record: unknown): Undo {
    const key = keyOf(record, this.declaration.key)
    if (key === undefined) throw new Error(`a record of ${this.declaration.name} lacks its key`)
    const before = this.get(key)
    if (before !== undefined) this.remove(key, before)
    this.insert(key, record)
    return () => {
      this.remove(key, record)
      if (before !== undefined) this.insert(key, before)
    }
  }

  deleteRange(range: KeyRange): Undo {
    const [first, last] = this.rows.bounds(range)
    const gone = this.rows.all.slice(first, last)
    for (const row of gone) this.remove(row.key, row.record)
    return () => gone.forEach((row) => this.insert(row.key, row.record))
  }

  private insert(key: Key, record: unknown) {
    this.rows.insert({ key, record })
    for (const index of this.declaration.indexes ?? []) {
      const own = keyOf(record, index.key)
      if (own !== undefined) this.indexes.get(index.name)?.insert({ key: [own, key] as unknown as Key, record })
    }
  }

  private remove(key: Key, record: unknown) {
    this.rows.remove(key)
    for (const index of this.declaration.indexes ?? []) {
      const own = keyOf(record, index.key)
      if (own !== undefined) this.indexes.get(index.name)?.remove([own, key] as unknown as Key)
    }
  }
}

/** Rows in the order of their keys; those of an index have the key [index key, primary key]. */
class SortedRows {
  readonly all: Row[] = []

  constructor(private readonly isIndex = false) {}

  insert(row: Row) {
    this.all.splice(this.lower(row.key, false), 0, row)
  }

  remove(key: Key) {
    const at = this.lower(key, false)
    const row = this.all[at]
    if (row !== undefined && compareKeys(row.key, key) === 0) this.all.splice(at, 1)
  }

  bounds(range: KeyRange): [number, number] {
    const isIndex = this.isIndex
    const first = range.lower === undefined ? 0 : this.lower(range.lower, range.lowerOpen === true, isIndex)
    const last = range.upper === undefined ? this.all.length : this.lower(range.upper, range.upperOpen !== true, isIndex)
    return [first, Math.max(first, last)]
  }

  /** The first row that is not before the key; with `isAfter` the first that is after it. */
  lower(key: Key, isAfter: boolean, isIndex = false): number {
    let low = 0
    let high = this.all.length
    while (low < high) {
      const middle = (low + high) >> 1
      const row = this.all[middle]
      const own = row === undefined ? key : isIndex ? ((row.key as unknown as [Key, Key])[0]) : row.key
      const order = compareKeys(own, key)
      if (order < 0 || (isAfter && order === 0)) low = middle + 1
      else high = middle
    }
    return low
  }
}

function keyOf(record: unknown, path: string | readonly string[]): Key | undefined {
  const object = record as { readonly [name: string]: unknown }
  if (typeof path === "string") {
    const key = object[path]
    return isKey(key) ? key : undefined
  }
  const parts = path.map((name) => object[name])
  return parts.every(isKey) ? (parts as unknown as Key) : undefined
}

function isKey(value: unknown): value is Key {
  return typeof value === "string" || (typeof value === "number" && !Number.isNaN(value)) || (Array.isArray(value) && value.every(isKey))
}

/** IndexedDB's order: numbers, then texts by code units, then lists part by part. */
export function compareKeys(a: unknown, b: unknown): number {
  const [left, right] = [rank(a), rank(b)]
  if (left !== right) return left - right
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
      const order = compareKeys(a[index], b[index])
      if (order !== 0) return order
    }
    return a.length - b.length
  }
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0
}

function rank(key: unknown): number {
  return typeof key === "number" ? 0 : typeof key === "string" ? 1 : 2
}
