import type { JSONValue } from "../base/read"

/** What `matrix/` needs of the machine it runs on. `source/platform` has the browser's, tests bring their own. */
export interface Platform {
  fetch(request: HTTPRequest): Promise<HTTPResponse>
  /** Opens, and makes where needed, the database of one account; `version` 1 and up, `stores` are created or kept. */
  openDatabase(name: string, stores: readonly StoreDeclaration[]): Promise<Database>
  deleteDatabase(name: string): Promise<void>
  /** WebCrypto with Ed25519, X25519, HKDF, HMAC, AES-CBC, AES-CTR, PBKDF2, SHA-256 and SHA-512. */
  readonly crypto: Crypto
  readonly clock: Clock
  /** Names of locks are shared by all tabs of this origin. */
  readonly locks: Locks
  /** A channel to the other tabs of this origin; messages are structured clones, the sender does not hear its own. */
  openChannel(name: string): Channel
  /** Whether the machine believes to have a network; changes wake up what waits for it. */
  readonly network: { isOnline(): boolean; subscribe(listener: () => void): () => void }
  /** Small settings that must be there before a database is open, such as the list of accounts. Shared by all tabs. */
  readonly settings: Settings
  log(level: "debug" | "info" | "warning" | "error", message: string, facts?: Record<string, unknown>): void
}

export interface HTTPRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE"
  readonly url: string
  readonly headers: Record<string, string>
  readonly body?: string | Uint8Array | Blob
  readonly signal?: AbortSignal
  /** Told while the body is sent, in bytes. */
  readonly onUpload?: (sent: number, total: number) => void
  /** How the body of the answer is wanted. */
  readonly answer: "json" | "blob" | "none"
}

export interface HTTPResponse {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  /** Parsed JSON (null where it is none), a Blob, or null. */
  readonly body: JSONValue | Blob
}

/** A set of records by key, with indexes. Keys are text, numbers or lists of them, ordered as IndexedDB orders them. */
export interface StoreDeclaration {
  readonly name: string
  /** The member of a record, or members, that are its key. */
  readonly key: string | readonly string[]
  readonly indexes?: readonly { readonly name: string; readonly key: string | readonly string[] }[]
}

export type Key = string | number | readonly (string | number)[]
export interface KeyRange {
  readonly lower?: Key
  readonly upper?: Key
  readonly lowerOpen?: boolean
  readonly upperOpen?: boolean
}

export interface Database {
  /**
   * Runs `work` in one transaction over the named stores: all of it is kept, or nothing. `work` may await only calls of the transaction.
   * Writing transactions over a common store come one after the other, across tabs too.
   */
  transaction<R>(stores: readonly string[], mode: "read" | "write", work: (transaction: Transaction) => Promise<R>): Promise<R>
  close(): void
}

/** The browser took the database away (storage was cleared, or evicted): everything has to come from the server again. */
export class DatabaseLost extends Error {
  override readonly name = "DatabaseLost"
  constructor(message = "the database is gone") {
    super(message)
  }
}

export interface Transaction {
  get<T>(store: string, key: Key): Promise<T | undefined>
  /** Records in the order of their keys (or of the index's), `direction` "next" by default. */
  list<T>(store: string, options?: { index?: string; range?: KeyRange; limit?: number; direction?: "next" | "prev" }): Promise<T[]>
  put<T>(store: string, record: T): void
  delete(store: string, key: Key): void
  deleteRange(store: string, range: KeyRange): void
  clear(store: string): void
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves after `milliseconds`; rejects with the signal's reason when it is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

export interface Locks {
  /** Runs `work` while no other tab holds the lock of that name; waits for it. */
  run<R>(name: string, work: () => Promise<R>, signal?: AbortSignal): Promise<R>
}

export interface Channel {
  post(message: unknown): void
  subscribe(listener: (message: unknown) => void): () => void
  close(): void
}

export interface Settings {
  get(key: string): string | undefined
  set(key: string, value: string | undefined): void
  /** Told when another tab changed something. */
  subscribe(listener: () => void): () => void
}
