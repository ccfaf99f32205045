import { asObject, asString, type JSONObject, member } from "../../base/read"
import { toBase64 } from "../primitives/base64"
import { randomBytes } from "../primitives/bytes"
import type { AccountData } from "./AccountData"
import { EncryptionSetupError } from "./errors"
import { decodeRecoveryKey, encodeRecoveryKey } from "./recoveryKey"
import { keyFromNewPassphrase, keyFromPassphrase, SECRET_ALGORITHM, SecretStorageKey } from "./SecretStorageKey"

/** The account data that names the key to use. */
export const DEFAULT_KEY = "m.secret_storage.default_key"
const KEY_PREFIX = "m.secret_storage.key."

/** A key of secret storage with the ID under which things are encrypted with it. */
export interface OpenStorage {
  readonly id: string
  readonly key: SecretStorageKey
}

/** Secrets that the server keeps without being able to read them, under the account's default key. */
export class SecretStorage {
  constructor(private readonly data: AccountData) {}

  /** The default key, where there is one that this client can use. */
  async description(): Promise<{ readonly id: string; readonly description: JSONObject } | undefined> {
    const id = asString((await this.data.get(DEFAULT_KEY))?.["key"])
    const description = id === undefined ? undefined : await this.data.get(KEY_PREFIX + id)
    return id !== undefined && description?.["algorithm"] === SECRET_ALGORITHM ? { id, description } : undefined
  }

  /** Whether a secret is there under the default key. */
  async has(name: string): Promise<boolean> {
    const known = await this.description()
    return known !== undefined && asObject(member(await this.data.get(name), "encrypted", known.id)) !== undefined
  }

  /** Opens the storage with what a person typed; throws "wrong-key" or "no-recovery". */
  async open(text: string): Promise<OpenStorage> {
    const known = await this.description()
    if (known === undefined) throw new EncryptionSetupError("no-recovery")
    const bytes = decodeRecoveryKey(text)
    const keys = [bytes && new SecretStorageKey(bytes), bytes === undefined ? await keyFromPassphrase(text, known.description) : undefined]
    for (const key of keys) if (key !== undefined && (await key.matches(known.description))) return { id: known.id, key }
    throw new EncryptionSetupError("wrong-key")
  }

  /** Stores secrets under a new key, and then makes it the default one. Gives the key for its owner to write down. */
  async create(secrets: { readonly [name: string]: string }, passphrase?: string): Promise<{ recoveryKey: string; storage: OpenStorage }> {
    const made = passphrase === undefined || passphrase === "" ? undefined : await keyFromNewPassphrase(passphrase)
    const storage = { id: toBase64(randomBytes(24)).replace(/[+/]/g, "A"), key: made?.key ?? new SecretStorageKey(randomBytes(32)) }
    await this.data.set(KEY_PREFIX + storage.id, await storage.key.description(made?.info))
    for (const [name, secret] of Object.entries(secrets)) await this.store(storage, name, secret)
    await this.data.set(DEFAULT_KEY, { key: storage.id })
    return { recoveryKey: encodeRecoveryKey(storage.key.bytes), storage }
  }

  /** Stores a secret; what it is encrypted with besides is given up, for it would be another secret. */
  async store({ id, key }: OpenStorage, name: string, secret: string): Promise<void> {
    await this.data.set(name, { encrypted: { [id]: await key.encrypt(name, secret) } })
  }

  async read({ id, key }: OpenStorage, name: string): Promise<string | undefined> {
    const encrypted = asObject(member(await this.data.get(name), "encrypted", id))
    return encrypted === undefined ? undefined : key.decrypt(name, encrypted)
  }
}
