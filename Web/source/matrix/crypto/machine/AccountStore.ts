import type { JSONObject } from "../../base/read"
import type { Transaction } from "../../contract/platform"
import { OlmAccount } from "../olm/OlmAccount"
import type { OlmAccountState } from "../olm/OlmAccount"
import { toBase64 } from "../primitives/base64"
import { signJSON } from "../primitives/signedJSON"
import type { MachineCore } from "./MachineCore"
import type { AccountRecord } from "./records"

const STORE = "encryption"
const KEY = "account"

/** The algorithms of this device. */
export const ALGORITHMS = { olm: "m.olm.v1.curve25519-aes-sha2", megolm: "m.megolm.v1.aes-sha2" } as const

/** The account at one moment, with what is known of the server's side. */
export interface LoadedAccount {
  readonly account: OlmAccount
  readonly record: AccountRecord
}

/** The keys of this device in the database. */
export class AccountStore {
  private cached: LoadedAccount | undefined

  constructor(private readonly core: MachineCore) {}

  /** The account as it is stored, not to be changed. */
  async load(): Promise<LoadedAccount | undefined> {
    const record = await this.record()
    if (record === undefined) return undefined
    if (this.cached?.record.revision !== record.revision) this.cached = await this.restore(record)
    return { account: this.cached.account, record }
  }

  /** The account, which has to be there, not to be changed. */
  async require(): Promise<LoadedAccount> {
    const loaded = await this.load()
    if (loaded === undefined) throw new KeysLost()
    return loaded
  }

  /** The account for a change under the lock: an object of its own, so that a change that is not stored leaves no trace. */
  async requireForChange(): Promise<LoadedAccount> {
    const record = await this.record()
    if (record === undefined) throw new KeysLost()
    return this.restore(record)
  }

  /** Prepares a changed account to be stored in a transaction, which can wait for nothing else. */
  async prepare(loaded: LoadedAccount, changes: Partial<AccountRecord> = {}): Promise<(transaction: Transaction) => void> {
    const sealed = await this.core.sealer.sealState(loaded.account.state, KEY)
    const record: AccountRecord = { ...loaded.record, ...changes, revision: loaded.record.revision + 1, sealed }
    return (transaction) => transaction.put(STORE, record)
  }

  private async record(): Promise<AccountRecord | undefined> {
    const record = await this.core.read([STORE], (transaction) => transaction.get<AccountRecord>(STORE, KEY))
    return record?.userId === this.core.userId && record.deviceId === this.core.deviceId ? record : undefined
  }

  private async restore(record: AccountRecord): Promise<LoadedAccount> {
    const state = await this.core.sealer.openState<OlmAccountState>(record.sealed, KEY)
    return { account: await OlmAccount.restore(state), record }
  }

  /** Makes the keys of a new device. */
  async create(): Promise<LoadedAccount> {
    const account = await OlmAccount.create()
    const record: AccountRecord = {
      key: KEY, userId: this.core.userId, deviceId: this.core.deviceId, ed25519: account.signing.text, curve25519: account.identity.text,
      revision: 1, areDeviceKeysUploaded: false, oneTimeKeyCount: 0, isFallbackUsed: true,
      sealed: await this.core.sealer.sealState(account.state, KEY),
    }
    await this.core.write([STORE], async (transaction) => transaction.put(STORE, record))
    return { account, record }
  }

  /** The signed object that describes this device. */
  deviceKeys(account: OlmAccount): Promise<JSONObject> {
    const { userId, deviceId } = this.core
    const keys = {
      user_id: userId, device_id: deviceId, algorithms: [ALGORITHMS.olm, ALGORITHMS.megolm],
      keys: { [`curve25519:${deviceId}`]: account.identity.text, [`ed25519:${deviceId}`]: account.signing.text },
    }
    return this.sign(account, keys)
  }

  sign(account: OlmAccount, object: JSONObject): Promise<JSONObject> {
    return signJSON(object, this.core.userId, `ed25519:${this.core.deviceId}`, account.signing)
  }

  /** One-time keys and the fallback key that are not on the server yet, signed; in the order of their making. */
  async keysToUpload(account: OlmAccount): Promise<{ oneTimeKeys: JSONObject; fallbackKeys: JSONObject; ids: ReadonlySet<string> }> {
    const oneTimeKeys: JSONObject = {}
    const fallbackKeys: JSONObject = {}
    const ids = new Set<string>()
    for (const key of account.unpublished()) {
      oneTimeKeys[`signed_curve25519:${key.id}`] = await this.sign(account, { key: toBase64(key.publicKey) })
      ids.add(key.id)
    }
    const fallback = account.state.fallback
    if (fallback !== undefined && !fallback.isPublished) {
      fallbackKeys[`signed_curve25519:${fallback.id}`] = await this.sign(account, { key: toBase64(fallback.publicKey), fallback: true })
      ids.add(fallback.id)
    }
    return { oneTimeKeys, fallbackKeys, ids }
  }
}

/** The keys of this device are gone, while the server still knows the device by them. */
export class KeysLost extends Error {
  override readonly name = "KeysLost"
  constructor() {
    super("the keys of this device were lost; it has to sign in anew")
  }
}
