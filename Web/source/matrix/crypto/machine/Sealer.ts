import { fromBase64, toBase64 } from "../primitives/base64"
import { concatenate, fromUTF8, randomBytes, utf8 } from "../primitives/bytes"
import { asObject } from "../../base/read"
import type { Database } from "../../contract/platform"

const STORE = "encryption"
const KEY = "sealingKey"
const IV_LENGTH = 12
const BYTES = "~bytes"

/** What was stored cannot be opened: it is damaged, or of another browser. */
export class SealBroken extends Error {
  override readonly name = "SealBroken"
  constructor(label: string) {
    super(`what was stored as ${label} cannot be opened`)
  }
}

/** Encrypts what is private before it is stored, with a key that the browser keeps and does not give out. */
export class Sealer {
  private constructor(private readonly key: CryptoKey) {}

  /** Call it under the lock: the key is made where there is none. */
  static async open(database: Database): Promise<Sealer> {
    const stored = await database.transaction([STORE], "read", (transaction) => transaction.get<{ value: CryptoKey }>(STORE, KEY))
    if (stored !== undefined) return new Sealer(stored.value)
    const value = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"])
    await database.transaction([STORE], "write", async (transaction) => transaction.put(STORE, { key: KEY, value }))
    return new Sealer(value)
  }

  /** `label` says what it is: a sealed thing opens under its own label only. */
  async seal(bytes: Uint8Array, label: string): Promise<Uint8Array> {
    const iv = randomBytes(IV_LENGTH)
    return concatenate(iv, new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8(label) }, this.key, bytes)))
  }

  async open(sealed: Uint8Array, label: string): Promise<Uint8Array> {
    const iv = sealed.slice(0, IV_LENGTH)
    try {
      return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: utf8(label) }, this.key, sealed.slice(IV_LENGTH)))
    } catch {
      throw new SealBroken(label)
    }
  }

  /** Seals plain data that may hold bytes. */
  sealState(state: object, label: string): Promise<Uint8Array> {
    return this.seal(utf8(JSON.stringify(state, (_, value: unknown) => (value instanceof Uint8Array ? { [BYTES]: toBase64(value) } : value))), label)
  }

  /** Gives what `sealState` was given; the caller names the type, which the seal guarantees. */
  async openState<T>(sealed: Uint8Array, label: string): Promise<T> {
    const text = fromUTF8(await this.open(sealed, label)) ?? "null"
    return JSON.parse(text, (_, value: unknown) => {
      const bytes = asObject(value)?.[BYTES]
      return typeof bytes === "string" ? fromBase64(bytes) : value
    }) as T
  }
}
