import { asArray, asNumber, asObject, asString } from "../base/read"
import type { JSONObject } from "../base/read"
import { randomText } from "../base/identifiers"
import type { EventID, RoomID, UserID } from "../contract/events"
import type { Platform, Transaction } from "../contract/platform"
import type { SettingRecord } from "./records"
import { TermIndex } from "./TermIndex"

/** A message as the index keeps it. */
export interface SearchDocument {
  readonly id: EventID
  readonly room: RoomID
  readonly sender: UserID
  readonly timestamp: number
  readonly text: string
  /** What it is, for "has": a `msgtype`. */
  readonly kind: string
  /** It was deleted: nothing of it is to be found any more. */
  readonly isGone?: boolean
}

/** Messages that were written together, sealed with a key that cannot be taken out of this browser. */
interface Chunk { readonly id: string; readonly timestamp: number; readonly count: number; readonly iv: Uint8Array; readonly data: Uint8Array }

const chunkSize = 64
const mostDocuments = 50_000
const stores = ["searchChunks"] as const

type RunTransaction = <R>(stores: readonly string[], mode: "read" | "write", work: (transaction: Transaction) => Promise<R>) => Promise<R>

/** Full-text search over what only this device can read. On disk everything is encrypted; the words are put together in memory at the first search. */
export class SearchIndex {
  private readonly documents = new Map<EventID, SearchDocument>()
  private readonly terms = new TermIndex()
  private waiting: SearchDocument[] = []
  private timer: ReturnType<typeof setTimeout> | undefined
  private loading: Promise<void> | undefined
  private key: Promise<CryptoKey> | undefined
  private isClosed = false

  constructor(private readonly platform: Platform, private readonly transaction: RunTransaction) {}

  /** Takes a message in, or its newer text, or that it is gone. */
  add(document: SearchDocument) {
    this.waiting.push(document)
    if (this.waiting.length >= chunkSize) void this.flush()
    else this.timer ??= setTimeout(() => void this.flush(), 3_000)
  }

  /** Messages that hold all words of the text, or words that begin so. */
  async find(text: string): Promise<readonly { readonly document: SearchDocument; readonly rank: number }[]> {
    await this.load()
    await this.flush()
    const hits: { document: SearchDocument; rank: number }[] = []
    for (const [id, rank] of this.terms.find(text)) {
      const document = this.documents.get(id)
      if (document !== undefined) hits.push({ document, rank })
    }
    return hits
  }

  async close() {
    await this.flush()
    this.isClosed = true
  }

  private load(): Promise<void> {
    return (this.loading ??= this.read().catch((error: unknown) => {
      this.loading = undefined
      throw error
    }))
  }

  private async read() {
    const chunks = await this.transaction(stores, "read", (transaction) => transaction.list<Chunk>("searchChunks", { index: "time" }))
    let count = chunks.reduce((sum, chunk) => sum + chunk.count, 0)
    const key = await this.sealingKey()
    const gone: string[] = []
    for (const chunk of chunks) {
      // The oldest go first.
      if (count > mostDocuments) {
        count -= chunk.count
        gone.push(chunk.id)
        continue
      }
      try {
        const clear = await this.platform.crypto.subtle.decrypt({ name: "AES-GCM", iv: chunk.iv }, key, chunk.data)
        for (const value of asArray(JSON.parse(new TextDecoder().decode(clear)))) {
          const document = readDocument(asObject(value))
          if (document !== undefined) this.keep(document)
        }
      } catch (error) {
        this.platform.log("warning", "a part of the search index cannot be read", { error: String(error) })
        gone.push(chunk.id)
      }
    }
    if (gone.length > 0) await this.transaction(stores, "write", async (transaction) => gone.forEach((id) => transaction.delete("searchChunks", id)))
  }

  private keep(document: SearchDocument) {
    const before = this.documents.get(document.id)
    if (before?.isGone === true) return
    if (before !== undefined) this.terms.remove(before.id, before.text)
    this.documents.set(document.id, document)
    if (document.isGone !== true) this.terms.add(document.id, document.text)
  }

  private async flush() {
    clearTimeout(this.timer)
    this.timer = undefined
    if (this.isClosed || this.waiting.length === 0) return
    try {
      await this.load()
      const fresh = this.waiting.filter((document) => {
        const known = this.documents.get(document.id)
        return known === undefined || (known.text !== document.text && known.timestamp <= document.timestamp) || (document.isGone === true && known.isGone !== true)
      })
      this.waiting = []
      if (fresh.length === 0) return
      fresh.forEach((document) => this.keep(document))
      const iv = this.platform.crypto.getRandomValues(new Uint8Array(12))
      const clear = new TextEncoder().encode(JSON.stringify(fresh))
      const data = new Uint8Array(await this.platform.crypto.subtle.encrypt({ name: "AES-GCM", iv }, await this.sealingKey(), clear))
      const chunk: Chunk = { id: randomText(this.platform.crypto, 16), timestamp: Math.max(...fresh.map((one) => one.timestamp)), count: fresh.length, iv, data }
      await this.transaction(stores, "write", async (transaction) => transaction.put("searchChunks", chunk))
    } catch (error) {
      this.platform.log("warning", "the search index could not be written", { error: String(error) })
    }
  }

  /** The key that seals the index: made once, and never to be had as bytes. */
  private sealingKey(): Promise<CryptoKey> {
    return (this.key ??= (async () => {
      const known = await this.transaction(["settings"], "read", (transaction) => transaction.get<SettingRecord>("settings", "searchKey"))
      if (known !== undefined) return known.value as CryptoKey
      const made = await this.platform.crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"])
      return this.transaction(["settings"], "write", async (transaction) => {
        // Another tab may have been quicker.
        const other = await transaction.get<SettingRecord>("settings", "searchKey")
        if (other !== undefined) return other.value as CryptoKey
        transaction.put<SettingRecord>("settings", { key: "searchKey", value: made })
        return made
      })
    })().catch((error: unknown) => {
      this.key = undefined
      throw error
    }))
  }
}

function readDocument(value: JSONObject | undefined): SearchDocument | undefined {
  const [id, room, sender] = [asString(value?.["id"]), asString(value?.["room"]), asString(value?.["sender"])]
  if (id === undefined || room === undefined || sender === undefined) return undefined
  return {
    id, room, sender, timestamp: asNumber(value?.["timestamp"]) ?? 0, text: asString(value?.["text"]) ?? "", kind: asString(value?.["kind"]) ?? "",
    ...(value?.["isGone"] === true && { isGone: true }),
  }
}
