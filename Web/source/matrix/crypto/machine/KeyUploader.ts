import { asNumber, member } from "../../base/read"
import { MatrixError } from "../../contract/session"
import { ONE_TIME_KEYS_WANTED } from "../olm/OlmAccount"
import type { AccountStore } from "./AccountStore"
import type { MachineCore } from "./MachineCore"

/** Key numbers are skipped by this where the server has keys under numbers that this device does not know of. */
const SKIP = 10_000

/** Keeps the keys on the server complete. */
export class KeyUploader {
  constructor(private readonly core: MachineCore, private readonly account: AccountStore) {}

  /** Uploads what is missing; within `requests`. */
  async upload(): Promise<void> {
    // A second time, where the server refused what an older state of this device had uploaded already.
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const body = await this.core.lock(() => this.prepare())
      if (body === undefined) return
      const { ids, ...request } = body
      try {
        const answer = await this.core.api.post("/_matrix/client/v3/keys/upload", request)
        const count = asNumber(member(answer, "one_time_key_counts", "signed_curve25519")) ?? ONE_TIME_KEYS_WANTED
        await this.core.lock(() => this.uploaded(ids, count))
        return
      } catch (error) {
        if (!(error instanceof MatrixError) || error.status !== 400 || attempt > 0) throw error
        this.core.log("warning", "the server refused keys, others are made", { error: error.message })
        await this.core.lock(() => this.setAside(ids))
      }
    }
  }

  /** Makes what is missing and stores it, before anybody can see it. */
  private async prepare() {
    const loaded = await this.account.requireForChange()
    const { account, record } = loaded
    const isNew = !record.areDeviceKeysUploaded
    const needsKeys = record.oneTimeKeyCount < ONE_TIME_KEYS_WANTED / 2 + 1 || account.unpublished().length > 0
    const needsFallback = record.isFallbackUsed && account.state.fallback?.isPublished !== false
    if (!isNew && !needsKeys && !needsFallback && account.state.fallback?.isPublished !== false) return undefined
    if (needsKeys) await account.fillOneTimeKeys(record.oneTimeKeyCount)
    if (needsFallback) await account.rotateFallback(this.core.now())
    const put = await this.account.prepare(loaded, { isFallbackUsed: false })
    await this.core.write(["encryption"], async (transaction) => put(transaction))
    const { oneTimeKeys, fallbackKeys, ids } = await this.account.keysToUpload(account)
    return {
      ids,
      ...(isNew && { device_keys: await this.account.deviceKeys(account) }),
      one_time_keys: oneTimeKeys,
      fallback_keys: fallbackKeys,
    }
  }

  private async uploaded(ids: ReadonlySet<string>, oneTimeKeyCount: number) {
    const loaded = await this.account.requireForChange()
    loaded.account.markPublished(ids)
    const put = await this.account.prepare(loaded, { areDeviceKeysUploaded: true, oneTimeKeyCount })
    await this.core.write(["encryption"], async (transaction) => put(transaction))
  }

  private async setAside(ids: ReadonlySet<string>) {
    const loaded = await this.account.requireForChange()
    // They are not offered again, but kept: the server may have taken some of them.
    loaded.account.markPublished(ids)
    loaded.account.state.nextKeyNumber += SKIP
    const put = await this.account.prepare(loaded, { isFallbackUsed: true })
    await this.core.write(["encryption"], async (transaction) => put(transaction))
  }
}
