import { asObject, asString, member } from "../../base/read"
import type { JSONObject } from "../../base/read"
import type { Transaction } from "../../contract/platform"
import type { OlmAccount } from "../olm/OlmAccount"
import { fromBase64, keyFromBase64, toBase64 } from "../primitives/base64"
import { utf8 } from "../primitives/bytes"
import { verifyJSON } from "../primitives/signedJSON"
import { ALGORITHMS } from "./AccountStore"
import type { AccountStore } from "./AccountStore"
import type { DeviceLists } from "./DeviceLists"
import type { KnownDevice } from "./EncryptionContext"
import type { MachineCore } from "./MachineCore"
import { OlmWork, olmStore, withSession } from "./OlmStore"
import { outboxStore } from "./Outbox"
import type { ToDeviceOutbox } from "./Outbox"

const CLAIM_TIMEOUT = 10_000
/** How long a device that had no key to give is left alone. */
export const CLAIM_AGAIN = 10 * 60_000

/** Sends to devices through Olm. */
export class OlmSender {
  private readonly failedAt = new Map<string, number>()
  private deviceKeys: Promise<JSONObject> | undefined

  constructor(
    private readonly core: MachineCore, private readonly account: AccountStore, private readonly devices: DeviceLists, private readonly outbox: ToDeviceOutbox,
  ) {
    core.onDevicesChanged((users) => {
      if (users.includes(core.userId)) this.deviceKeys = undefined
    })
  }

  /** Claims keys for devices that have no session yet, or for all (`anew`); within `requests`. */
  async ensureSessions(devices: readonly KnownDevice[], anew = false): Promise<void> {
    const known = anew ? new Set<string>() : await withSession(this.core, devices.map((device) => device.curve25519))
    const now = this.core.now()
    const wanted = devices.filter(({ curve25519 }) =>
      !known.has(curve25519) && (anew || (this.failedAt.get(curve25519) ?? 0) + CLAIM_AGAIN <= now) && curve25519 !== this.ownCurve25519)
    if (wanted.length === 0) return
    const one_time_keys: { [userId: string]: JSONObject } = {}
    for (const { userId, deviceId } of wanted) one_time_keys[userId] = { ...one_time_keys[userId], [deviceId]: "signed_curve25519" }
    const answer = await this.core.api.post("/_matrix/client/v3/keys/claim", { one_time_keys, timeout: CLAIM_TIMEOUT })
    const claimed: { device: KnownDevice; key: Uint8Array }[] = []
    for (const device of wanted) {
      const key = await readOneTimeKey(answer, device)
      if (key !== undefined) claimed.push({ device, key })
      else this.failedAt.set(device.curve25519, now)
    }
    await this.core.lock(() => this.begin(claimed))
  }

  /**
   * Encrypts for devices and stores the messages together with the changed sessions; not within `lock`. `also` takes part in the transaction.
   * Gives the devices that there is no session with.
   */
  async encrypt(
    devices: readonly KnownDevice[], type: string, contentOf: () => JSONObject | Promise<JSONObject>,
    also?: { stores: readonly string[]; put(transaction: Transaction, missing: readonly KnownDevice[]): void },
  ): Promise<readonly KnownDevice[]> {
    return this.core.lock(async () => {
      const work = new OlmWork(this.core)
      const content = await contentOf()
      const messages: { [userId: string]: { [deviceId: string]: JSONObject } } = {}
      const missing: KnownDevice[] = []
      await Promise.all(devices.map(async (device) => {
        const message = await this.encryptOne(work, device, type, content)
        if (message === undefined) missing.push(device)
        else (messages[device.userId] ??= {})[device.deviceId] = message
      }))
      const putSessions = await work.prepare()
      await this.core.write([olmStore, outboxStore, ...(also?.stores ?? [])], async (transaction) => {
        putSessions(transaction)
        this.outbox.put(transaction, "m.room.encrypted", messages)
        also?.put(transaction, missing)
      })
      return missing
    })
  }

  private async encryptOne(work: OlmWork, device: KnownDevice, type: string, content: JSONObject): Promise<JSONObject | undefined> {
    const [session] = await work.sessions(device.curve25519)
    if (session === undefined) return undefined
    const { account } = await this.account.require()
    this.deviceKeys ??= this.findDeviceKeys(account)
    const payload = {
      type, content, sender: this.core.userId, recipient: device.userId, recipient_keys: { ed25519: device.ed25519 },
      keys: { ed25519: account.signing.text }, sender_device_keys: await this.deviceKeys,
    }
    const ciphertext = await session.encrypt(utf8(JSON.stringify(payload)))
    await work.sent(device.curve25519, session)
    return {
      algorithm: ALGORITHMS.olm, sender_key: account.identity.text,
      ciphertext: { [device.curve25519]: { type: ciphertext.type, body: toBase64(ciphertext.body) } },
      "org.matrix.msgid": this.core.newID(),
    }
  }

  /** This device as others should see it: with the signature of the own identity, where there is one. */
  private async findDeviceKeys(account: OlmAccount): Promise<JSONObject> {
    const stored = (await this.devices.stored(this.core.userId)).find((device) => device.deviceId === this.core.deviceId)
    if (stored?.ed25519 !== account.signing.text || stored.curve25519 !== account.identity.text) return this.account.deviceKeys(account)
    const keys = { ...stored.keys }
    delete keys["unsigned"]
    return keys
  }

  private async begin(claimed: readonly { device: KnownDevice; key: Uint8Array }[]) {
    const { account } = await this.account.require()
    const work = new OlmWork(this.core)
    for (const { device, key } of claimed) {
      const identityKey = keyFromBase64(device.curve25519)
      if (identityKey === undefined) continue
      try {
        await work.add(device.curve25519, await account.outbound(identityKey, key))
        this.failedAt.delete(device.curve25519)
      } catch (error) {
        this.core.log("warning", "no session could be begun with a device", { userId: device.userId, deviceId: device.deviceId, error: String(error) })
        this.failedAt.set(device.curve25519, this.core.now())
      }
    }
    const put = await work.prepare()
    await this.core.write([olmStore], async (transaction) => put(transaction))
  }

  /** Set once the account is open. */
  ownCurve25519 = ""
}

/** The one-time key that was claimed for a device, if it is one and the device signed it. */
async function readOneTimeKey(answer: JSONObject, { userId, deviceId, ed25519 }: KnownDevice): Promise<Uint8Array | undefined> {
  const keys = asObject(member(answer, "one_time_keys", userId, deviceId)) ?? {}
  for (const [id, value] of Object.entries(keys)) {
    const object = asObject(value)
    if (!id.startsWith("signed_curve25519:") || object === undefined) continue
    if (!(await verifyJSON(object, userId, `ed25519:${deviceId}`, ed25519))) continue
    const key = fromBase64(asString(object["key"]) ?? "")
    if (key?.length === 32) return key
  }
  return undefined
}
