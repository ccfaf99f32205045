import type { Encryption, EncryptionHost } from "../contract/encryption"
import type { MXC, RoomID, UserID } from "../contract/events"
import type { Database, Platform } from "../contract/platform"
import type { API } from "../contract/session"

/** What encryption needs of the session it belongs to. */
export interface EncryptionOptions {
  readonly platform: Platform
  /** Has all of `encryptionStores`. */
  readonly database: Database
  readonly api: API
  readonly userId: UserID
  readonly deviceId: string
  readonly host: EncryptionHost
  /** Uploads a file of shared history. */
  upload(blob: Blob): Promise<MXC>
  download(mxc: MXC): Promise<Blob>
  /** Who invited this account to a room that it joined, and when it joined; undefined where nobody did. */
  inviter(room: RoomID): { readonly userId: UserID; readonly joinedAt: number } | undefined
  /** Whether devices that their owner did not sign are left out, of people who sign theirs; true by default. */
  readonly onlySignedDevices?: boolean
  /**
   * This browser lost the keys of this device (its storage was cleared): the device has to be signed out, and the person to sign in anew.
   * Nothing can be encrypted, and nothing is uploaded under the old device ID.
   */
  keysLost(): void
}

/** Opens the encryption of an account on this device; makes its keys at the first time. */
export async function createEncryption(options: EncryptionOptions): Promise<Encryption> {
  throw new Error(`encryption of ${options.userId} cannot be opened`)
}
