import type { UserID } from "../../contract/events"

/** Keys as they were when a verification began; they must not change in its course. */
export interface PartyKeys {
  readonly userId: UserID
  readonly deviceId: string
  /** Ed25519 keys as unpadded base64. */
  readonly deviceKey: string
  readonly masterKey: string | undefined
}

/** What a verification proved about the other side. */
export interface Proof {
  readonly userId: UserID
  readonly deviceId: string
  /** The device's key, where that was proved. */
  readonly deviceKey: string | undefined
  readonly masterKey: string | undefined
}

/** What verifications ask of the identities, and where they bring what was proved. */
export interface VerificationAuthority {
  /** This device, and whether it trusts its account's master key. */
  own(): Promise<PartyKeys & { readonly isMasterTrusted: boolean }>
  /** The other side, freshly asked of the server; undefined where the device is not known or its ID is that of a cross-signing key. */
  party(userId: UserID, deviceId: string): Promise<PartyKeys | undefined>
  /** Signs what was proved. */
  accept(proof: Proof): Promise<void>
}
