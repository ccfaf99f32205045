import type { Database, Key, KeyRange, StoreDeclaration, Transaction } from "../../../../../source/matrix/contract/platform"

type StoredRecord = { readonly [member: string]: unknown }

/** A database in memory, for tests: the stores' keys and ranges, without indexes. */
export class MemoryDatabase implements Database {
  private readonly stores = new Map<string, Map<string, { readonly key: Key; readonly record: StoredRecord }>>()
  private turn: Promise<unknown> = Promise.resolve()

  constructor(private readonly declarations: readonly StoreDeclaration[]) {
    for (const { name } of declarations) this.stores.set(name, new Map())
  }

  transaction<R>(_stores: readonly string[], _mode: "read" | "write", work: (transaction: Transaction) => Promise<R>): Promise<R> {
    const done = this.turn.then(() => work(this.open()))
    this.turn = done.catch(() => undefined)
    return done
  }

  close() {
    this.stores.clear()
  }

  private open(): Transaction {
    const store = (name: string) => {
      const found = this.stores.get(name)
      if (found === undefined) throw new Error(`no store ${name}`)
      return found
    }
    const idOf = (key: Key) => JSON.stringify(key)
    return {
      get: async <T>(name: string, key: Key) => structuredClone(store(name).get(idOf(key))?.record) as T | undefined,
      list: async <T>(name: string, options: { range?: KeyRange; limit?: number } = {}) => [...store(name).values()]
        .filter(({ key }) => within(key, options.range)).sort((a, b) => (String(a.key) < String(b.key) ? -1 : 1))
        .slice(0, options.limit).map(({ record }) => structuredClone(record) as unknown as T),
      put: (name, record) => {
        const stored = structuredClone(record) as unknown as StoredRecord
        const path = this.declarations.find((one) => one.name === name)?.key ?? "id"
        const key = (typeof path === "string" ? stored[path] : path.map((member) => stored[member])) as Key
        store(name).set(idOf(key), { key, record: stored })
      },
      delete: (name, key) => void store(name).delete(idOf(key)),
      deleteRange: (name, range) => { for (const [id, { key }] of store(name)) if (within(key, range)) store(name).delete(id) },
      clear: (name) => store(name).clear(),
    }
  }
}

function within(key: Key, range: KeyRange | undefined): boolean {
  const text = String(key)
  return (range?.lower === undefined || text >= String(range.lower)) && (range?.upper === undefined || text <= String(range.upper))
}
