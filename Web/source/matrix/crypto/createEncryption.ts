import type { Encryption, EncryptionHost } from "../contract/encryption"
import type { MXC, RoomID, UserID } from "../contract/events"
import type { Database, Platform } from "../contract/platform"
import type { API } from "../contract/session"
import { KeyTransfer } from "./export/KeyTransfer"
import { decryptFile, encryptFile } from "./files/attachments"
import { createIdentity } from "./identity/createIdentity"
import { createContext } from "./machine/createContext"
import { Machine } from "./machine/Machine"
import { MachineCore } from "./machine/MachineCore"

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

/** Opens the encryption of an account on this device; makes its keys at the first time. Throws `MatrixError` where that needs the server in vain. */
export async function createEncryption(options: EncryptionOptions): Promise<Encryption> {
  const core = await MachineCore.open(options)
  const trust = {
    isOwnIdentityTrusted: async () => (await identity.trustOf(core.userId)) === "verified",
    isChanged: async (userId: UserID) => (await identity.trustOf(userId)) === "changed",
  }
  const machine = new Machine(core, { trust, history: options, onlySigned: options.onlySignedDevices ?? true }, () => options.keysLost())
  await machine.open()
  const context = createContext(core, machine)
  const identity = createIdentity(context, (room, event) => machine.decrypt(room, event))
  const transfer = new KeyTransfer(context)
  machine.start()
  return {
    setup: identity.setup,
    backup: identity.backup,
    verifications: identity.verifications,
    bootstrap: (request) => identity.bootstrap(request),
    recover: (secret) => identity.recover(secret),
    reset: (request) => identity.reset(request),
    devices: (userId) => identity.devices(userId),
    trust: (userId) => identity.trust(userId),
    acknowledgeChange: (userId) => identity.acknowledgeChange(userId),
    verifyOwnDevice: (deviceId) => identity.verifyOwnDevice(deviceId),
    verifyUser: (userId) => identity.verifyUser(userId),
    exportKeys: (passphrase) => transfer.exportKeys(passphrase),
    importKeys: (text, passphrase) => transfer.importKeys(text, passphrase),
    encrypt: (room, type, content) => machine.encrypt(room, type, content),
    decrypt: (room, event) => machine.decrypt(room, event),
    onKeys: (listener) => core.onSessionsChanged((sessions) => {
      for (const { room, sessionId } of sessions) listener(room, sessionId)
    }),
    receiveSync: (changes) => machine.receiveSync(changes),
    flush: () => machine.flush(),
    roomChanged: () => machine.roomChanged(),
    shareHistory: (room, userId) => machine.history.share(room, userId),
    encryptFile,
    decryptFile,
    async stop() {
      await identity.stop()
      await machine.stop()
    },
  }
}
