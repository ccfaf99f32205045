import type { UserID } from "../../contract/events"
import type { EncryptionContext } from "../machine/EncryptionContext"
import type { PartyKeys, Proof, VerificationAuthority } from "../verification/VerificationAuthority"
import { publicKeyOf } from "./crossSigning"
import type { Identities } from "./Identities"
import type { OwnIdentity } from "./OwnIdentity"

/** Gives verifications the keys they are about, and signs what they prove. */
export class IdentityAuthority implements VerificationAuthority {
  constructor(
    private readonly context: EncryptionContext, private readonly identity: OwnIdentity, private readonly identities: Identities,
    private readonly proved: () => Promise<void>,
  ) {}

  async own() {
    const { userId, deviceId, ownKeys } = this.context
    return { userId, deviceId, deviceKey: ownKeys.ed25519, masterKey: await this.identity.masterKey(), isMasterTrusted: await this.identity.isTrusted() }
  }

  async party(userId: UserID, deviceId: string): Promise<PartyKeys | undefined> {
    await this.context.refreshDevices([userId])
    const device = (await this.context.devicesOf(userId)).find((one) => one.deviceId === deviceId)
    const keys = await this.context.crossSigningKeysOf(userId)
    const masterKey = publicKeyOf(keys?.master)
    // Both kinds of keys share their names; a server that has one stand for the other is up to something.
    const isAmbiguous = [keys?.master, keys?.selfSigning, keys?.userSigning].some((key) => publicKeyOf(key) === deviceId)
    return device === undefined || isAmbiguous ? undefined : { userId, deviceId, deviceKey: device.ed25519, masterKey }
  }

  async accept({ userId, deviceId, deviceKey, masterKey }: Proof): Promise<void> {
    if (userId !== this.context.userId) {
      if (masterKey !== undefined) await this.identities.verified(userId, masterKey)
      return
    }
    if (masterKey !== undefined && masterKey === (await this.identity.masterKey())) await this.identity.trust(masterKey)
    const device = (await this.context.devicesOf(userId)).find((one) => one.deviceId === deviceId)
    const isProved = device !== undefined && device.ed25519 === deviceKey
    if (isProved && !device.isSigned && (await this.identity.isTrusted())) await this.identity.signDevice(device)
    await this.proved()
  }
}
