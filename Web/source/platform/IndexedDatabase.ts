import { DatabaseLost } from "../matrix/contract/platform"
import type { Database, Key, KeyRange, StoreDeclaration, Transaction } from "../matrix/contract/platform"

/** Opens the database, making or remaking what differs from the declarations. */
export async function openIndexedDatabase(name: string, stores: readonly StoreDeclaration[]): Promise<Database> {
  let database = await request(indexedDB.open(name))
  for (let attempt = 0; attempt < 3 && !isCurrent(database, stores); attempt += 1) {
    const version = database.version + 1
    database.close()
    try {
      database = await upgrade(name, version, stores)
    } catch (error) {
      // Another tab was quicker; what it made may be what is wanted.
      if (!(error instanceof DOMException) || error.name !== "VersionError") throw error
      database = await request(indexedDB.open(name))
    }
  }
  return new IndexedDatabase(database)
}

/** Deletes the database, once other tabs let go of it. */
export function deleteIndexedDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = indexedDB.deleteDatabase(name)
    call.onsuccess = () => resolve()
    call.onerror = () => reject(call.error)
  })
}

function upgrade(name: string, version: number, stores: readonly StoreDeclaration[]): Promise<IDBDatabase> {
  const call = indexedDB.open(name, version)
  call.onupgradeneeded = () => {
    // In this handler the transaction of the upgrade is there by definition.
    const transaction = call.transaction
    if (transaction === null) return
    for (const store of stores) {
      if (call.result.objectStoreNames.contains(store.name) && !sameKey(transaction.objectStore(store.name).keyPath, store.key)) {
        call.result.deleteObjectStore(store.name)
      }
      const made = call.result.objectStoreNames.contains(store.name)
        ? transaction.objectStore(store.name)
        : call.result.createObjectStore(store.name, { keyPath: keyPath(store.key) })
      for (const index of store.indexes ?? []) {
        if (made.indexNames.contains(index.name)) {
          if (sameKey(made.index(index.name).keyPath, index.key)) continue
          made.deleteIndex(index.name)
        }
        made.createIndex(index.name, keyPath(index.key))
      }
    }
  }
  return request(call)
}

function isCurrent(database: IDBDatabase, stores: readonly StoreDeclaration[]): boolean {
  if (stores.some((store) => !database.objectStoreNames.contains(store.name))) return false
  if (stores.length === 0) return true
  const transaction = database.transaction(stores.map((store) => store.name), "readonly")
  return stores.every((store) => {
    const found = transaction.objectStore(store.name)
    return sameKey(found.keyPath, store.key)
      && (store.indexes ?? []).every((index) => found.indexNames.contains(index.name) && sameKey(found.index(index.name).keyPath, index.key))
  })
}

function keyPath(key: string | readonly string[]): string | string[] {
  return typeof key === "string" ? key : [...key]
}

function sameKey(found: string | readonly string[] | null, wanted: string | readonly string[]): boolean {
  return JSON.stringify(found) === JSON.stringify(wanted)
}

function request<R>(call: IDBRequest<R>): Promise<R> {
  return new Promise((resolve, reject) => {
    call.onsuccess = () => resolve(call.result)
    call.onerror = () => reject(call.error)
  })
}

class IndexedDatabase implements Database {
  private isLost = false
  private isClosed = false

  constructor(private readonly database: IDBDatabase) {
    // The browser took the storage away, or another tab needs another shape of it or deletes it.
    database.onclose = () => {
      this.isLost = true
    }
    database.onversionchange = () => {
      this.isLost = true
      database.close()
    }
  }

  async transaction<R>(stores: readonly string[], mode: "read" | "write", work: (transaction: Transaction) => Promise<R>): Promise<R> {
    if (this.isLost) throw new DatabaseLost()
    if (this.isClosed) throw new DatabaseLost("the database is closed")
    let transaction: IDBTransaction
    try {
      // Relaxed: what was written last may be lost if the whole machine fails, which then comes from the server again.
      const options = { durability: "relaxed" } as const
      transaction = this.database.transaction([...stores], mode === "read" ? "readonly" : "readwrite", options)
    } catch (error) {
      if (error instanceof DOMException && (error.name === "InvalidStateError" || error.name === "NotFoundError")) {
        this.isLost = true
        throw new DatabaseLost()
      }
      throw error
    }
    const ended = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve()
      transaction.onabort = () => reject(transaction.error ?? new DatabaseLost("the transaction was given up"))
      transaction.onerror = () => undefined
    })
    let result: R
    try {
      result = await work(new IndexedTransaction(transaction))
    } catch (error) {
      ended.catch(() => undefined)
      try {
        transaction.abort()
      } catch {
        // It has ended already.
      }
      throw this.isLost ? new DatabaseLost() : error
    }
    await ended
    return result
  }

  close() {
    this.isClosed = true
    this.database.close()
  }
}

class IndexedTransaction implements Transaction {
  constructor(private readonly transaction: IDBTransaction) {}

  get<T>(store: string, key: Key): Promise<T | undefined> {
    return request(this.transaction.objectStore(store).get(key as IDBValidKey) as IDBRequest<T | undefined>)
  }

  list<T>(store: string, options: { index?: string; range?: KeyRange; limit?: number; direction?: "next" | "prev" } = {}): Promise<T[]> {
    const objects = this.transaction.objectStore(store)
    const source = options.index === undefined ? objects : objects.index(options.index)
    const range = keyRange(options.range)
    if (options.direction !== "prev") return request(source.getAll(range, options.limit) as IDBRequest<T[]>)
    return new Promise((resolve, reject) => {
      const found: T[] = []
      const call = source.openCursor(range, "prev")
      call.onerror = () => reject(call.error)
      call.onsuccess = () => {
        const cursor = call.result
        if (cursor === null || (options.limit !== undefined && found.length >= options.limit)) return resolve(found)
        found.push(cursor.value as T)
        cursor.continue()
      }
    })
  }

  put<T>(store: string, record: T) {
    this.transaction.objectStore(store).put(record)
  }

  delete(store: string, key: Key) {
    this.transaction.objectStore(store).delete(key as IDBValidKey)
  }

  deleteRange(store: string, range: KeyRange) {
    const bounds = keyRange(range)
    if (bounds === undefined) this.transaction.objectStore(store).clear()
    else this.transaction.objectStore(store).delete(bounds)
  }

  clear(store: string) {
    this.transaction.objectStore(store).clear()
  }
}

function keyRange(range: KeyRange | undefined): IDBKeyRange | undefined {
  if (range === undefined) return undefined
  const { lower, upper, lowerOpen, upperOpen } = range
  if (lower !== undefined && upper !== undefined) return IDBKeyRange.bound(lower, upper, lowerOpen, upperOpen)
  if (lower !== undefined) return IDBKeyRange.lowerBound(lower, lowerOpen)
  if (upper !== undefined) return IDBKeyRange.upperBound(upper, upperOpen)
  return undefined
}
