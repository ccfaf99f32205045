import type { JSONObject } from "../../base/read"
import type { UserID } from "../../contract/events"
import type { API } from "../../contract/session"
import type { CrossSigningKeys, EncryptionContext, KnownDevice } from "../machine/EncryptionContext"
import { keyFromBase64, toBase64 } from "../primitives/base64"
import { Ed25519Key } from "../primitives/ed25519"
import { signJSON } from "../primitives/signedJSON"
import { type CrossSigningName, crossSigningNames, publicKeyOf, publicObject, SecretName, unsigned, usages } from "./crossSigning"
import type { Facts } from "./Facts"

const TRUSTED = "trusted-master"
export type Authenticate = Parameters<API["interactive"]>[3]

/** The account's own cross-signing keys: what the server shows of them, what this device holds, and what it signs with them. */
export class OwnIdentity {
  constructor(private readonly context: EncryptionContext, private readonly facts: Facts) {}

  /** What the server shows, as last asked. */
  publicKeys(): Promise<CrossSigningKeys | undefined> {
    return this.context.crossSigningKeysOf(this.context.userId)
  }

  async masterKey(): Promise<string | undefined> {
    return publicKeyOf((await this.publicKeys())?.master)
  }

  /** Whether the master key that the server shows is the one that this device made, was given or verified. */
  async isTrusted(): Promise<boolean> {
    const master = await this.masterKey()
    return master !== undefined && (await this.facts.get(TRUSTED)) === master
  }

  trust(masterKey: string): Promise<void> {
    return this.facts.set(TRUSTED, masterKey)
  }

  /** A private key, where this device holds the one to what the server shows. */
  async privateKey(name: CrossSigningName): Promise<Ed25519Key | undefined> {
    const expected = publicKeyOf((await this.publicKeys())?.[name])
    const seed = expected === undefined ? undefined : await this.context.readSecret(SecretName[name])
    const key = seed === undefined ? undefined : await Ed25519Key.fromSeed(seed)
    return key?.text === expected ? key : undefined
  }

  /** Which private keys this device lacks. */
  async missing(): Promise<readonly CrossSigningName[]> {
    const missing: CrossSigningName[] = []
    for (const name of crossSigningNames) if ((await this.privateKey(name)) === undefined) missing.push(name)
    return missing
  }

  /** The secret as secret storage and other devices get it. */
  async secret(name: CrossSigningName): Promise<string | undefined> {
    const key = await this.privateKey(name)
    return key === undefined ? undefined : toBase64(key.seed)
  }

  /** Takes a private key from secret storage or another device; false where it is not the one to what the server shows. */
  async adopt(name: CrossSigningName, secret: string): Promise<boolean> {
    const seed = keyFromBase64(secret)
    const expected = publicKeyOf((await this.publicKeys())?.[name])
    if (seed === undefined || expected === undefined || (await Ed25519Key.fromSeed(seed)).text !== expected) return false
    await this.context.storeSecret(SecretName[name], seed)
    return true
  }

  /** Makes new keys in place of whatever was there, uploads and trusts them, and signs this device. */
  async create(authenticate: Authenticate): Promise<void> {
    const { userId } = this.context
    const [master, selfSigning, userSigning] = await Promise.all([Ed25519Key.generate(), Ed25519Key.generate(), Ed25519Key.generate()])
    const masterId = `ed25519:${master.text}`
    const signed = (key: Ed25519Key, name: CrossSigningName) => signJSON(publicObject(userId, usages[name], key), userId, masterId, master)
    const body: JSONObject = {
      master_key: await this.context.sign(publicObject(userId, usages.master, master)),
      self_signing_key: await signed(selfSigning, "selfSigning"),
      user_signing_key: await signed(userSigning, "userSigning"),
    }
    try {
      await this.context.api.interactive("POST", "/_matrix/client/v3/keys/device_signing/upload", body, authenticate)
    } catch (error) {
      // Where only the answer got lost, these keys are the account's now, and nobody else has them.
      await this.refresh().catch(() => undefined)
      if ((await this.masterKey()) !== master.text) throw error
    }
    await this.context.storeSecret(SecretName.master, master.seed)
    await this.context.storeSecret(SecretName.selfSigning, selfSigning.seed)
    await this.context.storeSecret(SecretName.userSigning, userSigning.seed)
    await this.trust(master.text)
    await this.refresh()
    await this.signOwnDevice()
  }

  /** Signs this device with the self-signing key, and the master key with this device. */
  async signOwnDevice(): Promise<void> {
    const { userId, deviceId, ownKeys } = this.context
    const [keys, own] = [await this.publicKeys(), await this.ownDevice()]
    const master = publicKeyOf(keys?.master)
    const selfSigning = await this.privateKey("selfSigning")
    if (keys === undefined || master === undefined || selfSigning === undefined || own?.ed25519 !== ownKeys.ed25519) return
    await this.upload({
      [userId]: {
        [deviceId]: await signJSON(unsigned(own.keys), userId, `ed25519:${selfSigning.text}`, selfSigning),
        [master]: await this.context.sign(unsigned(keys.master)),
      },
    })
    await this.refresh()
  }

  /** Signs another own device, whose key was verified. */
  async signDevice(device: KnownDevice): Promise<void> {
    const { userId } = this.context
    const selfSigning = await this.privateKey("selfSigning")
    if (selfSigning === undefined) return
    await this.upload({ [userId]: { [device.deviceId]: await signJSON(unsigned(device.keys), userId, `ed25519:${selfSigning.text}`, selfSigning) } })
    await this.refresh()
  }

  /** Signs a person's master key, which was verified; false where this device lacks the key to do so. */
  async signUser(otherUser: UserID, master: JSONObject): Promise<boolean> {
    const userSigning = await this.privateKey("userSigning")
    const masterKey = publicKeyOf(master)
    if (userSigning === undefined || masterKey === undefined) return false
    const signed = await signJSON(unsigned(master), this.context.userId, `ed25519:${userSigning.text}`, userSigning)
    await this.upload({ [otherUser]: { [masterKey]: signed } })
    await this.context.refreshDevices([otherUser])
    return true
  }

  /** The object with the signature of the master key, where this device holds that. */
  async signWithMaster(object: JSONObject): Promise<JSONObject> {
    const master = await this.privateKey("master")
    return master === undefined ? object : signJSON(object, this.context.userId, `ed25519:${master.text}`, master)
  }

  async ownDevice(): Promise<KnownDevice | undefined> {
    const find = (devices: readonly KnownDevice[]) => devices.find((device) => device.deviceId === this.context.deviceId)
    return find(await this.context.devicesOf(this.context.userId))
  }

  refresh(): Promise<void> {
    return this.context.refreshDevices([this.context.userId])
  }

  private async upload(signatures: JSONObject) {
    const answer = await this.context.api.post("/_matrix/client/v3/keys/signatures/upload", signatures)
    const failures = answer["failures"]
    if (failures !== undefined && failures !== null && Object.keys(failures).length > 0) {
      this.context.platform.log("warning", "the server did not take a signature", { failures })
    }
  }
}
