import type { JSONObject } from "../../base/read"
import type { EncryptionHost } from "../../contract/encryption"
import type { EventID, RoomID, UserID } from "../../contract/events"
import type { Database, Platform } from "../../contract/platform"
import type { API } from "../../contract/session"

/** A device as the server gives it and as far as it was checked: signed by itself, with keys that never changed. */
export interface KnownDevice {
  readonly userId: UserID
  readonly deviceId: string
  /** Unpadded base64. */
  readonly ed25519: string
  readonly curve25519: string
  readonly displayName: string | undefined
  readonly algorithms: readonly string[]
  /** Its owner's self-signing key signed it; says nothing about whether that key is trusted. */
  readonly isSigned: boolean
  /** It never gets room keys. */
  readonly isBlocked: boolean
  /** The signed object, with all signatures that came with it. */
  readonly keys: JSONObject
}

/** A user's public cross-signing keys, as the server gives them: `master` signed `selfSigning` and `userSigning`, as was checked. */
export interface CrossSigningKeys {
  readonly master: JSONObject
  readonly selfSigning: JSONObject | undefined
  /** Only of the own user. */
  readonly userSigning: JSONObject | undefined
}

/** A message that came to this device; those of Olm after decryption and all checks of the specification. */
export interface ToDeviceEvent {
  readonly type: string
  readonly sender: UserID
  readonly content: JSONObject
  readonly wasEncrypted: boolean
  /** The device it came from; always there for encrypted messages, except where their sender's device is unknown. */
  readonly senderDevice: KnownDevice | undefined
}

/** An event of a verification that goes through a room. */
export interface RoomVerificationEvent {
  readonly id: EventID
  readonly type: string
  readonly sender: UserID
  readonly timestamp: number
  readonly content: JSONObject
}

/** A Megolm session as backups, exports and bundles carry it. */
export interface ExportedSession {
  readonly room: RoomID
  readonly sessionId: string
  /** Base64 of the export format (version 1). */
  readonly sessionKey: string
  readonly senderKey: string
  readonly claimedEd25519: string | undefined
  readonly forwardingChain: readonly string[]
  readonly sharedHistory: boolean
  readonly firstIndex: number
}

/** Where a session's key came from: its owner through Olm, or through others who could have altered its owner's name. */
export type SessionSource = "direct" | "forwarded" | "backup" | "import" | "bundle"

/** What identity, verification, backup and export have from the machine. Nothing here may be called from within `lock`, unless it says so. */
export interface EncryptionContext {
  readonly platform: Platform
  /** Has all of `encryptionStores`. */
  readonly database: Database
  readonly api: API
  readonly host: EncryptionHost
  readonly userId: UserID
  readonly deviceId: string
  /** Public keys of this device, unpadded base64. */
  readonly ownKeys: { readonly ed25519: string; readonly curve25519: string }

  /** The object with this device's signature. May be called within `lock`. */
  sign(object: JSONObject): Promise<JSONObject>
  /** Runs `work` while no other tab changes what is stored of encryption. Short work without requests only; does not nest. */
  lock<R>(work: () => Promise<R>): Promise<R>

  /** Private keys at rest: sealed with a key that cannot leave the browser. All may be called within `lock`. */
  storeSecret(name: string, secret: Uint8Array): Promise<void>
  readSecret(name: string): Promise<Uint8Array | undefined>
  deleteSecret(name: string): Promise<void>

  /** Devices of a user, from the database; starts to track the user, and asks the server first where the list is outdated. */
  devicesOf(userId: UserID): Promise<readonly KnownDevice[]>
  /** What is known without asking anybody. */
  storedDevices(userId: UserID): Promise<readonly KnownDevice[]>
  crossSigningKeysOf(userId: UserID): Promise<CrossSigningKeys | undefined>
  /** Asks the server about these users now, such as after own keys were uploaded. */
  refreshDevices(userIds: readonly UserID[]): Promise<void>
  setBlocked(userId: UserID, deviceId: string, isBlocked: boolean): Promise<void>
  /** Told after devices or cross-signing keys of users changed in the database, by other tabs too. */
  onDevicesChanged(listener: (userIds: readonly UserID[]) => void): () => void

  /** Sends to devices as it is; `messages` by user and device (`*` for all). Stored, and sent until the server takes it. */
  sendToDevice(type: string, messages: { readonly [userId: UserID]: { readonly [deviceId: string]: JSONObject } }): Promise<void>
  /** Sends through Olm. Gives the devices that it could not be encrypted for. */
  sendEncryptedToDevice(devices: readonly KnownDevice[], type: string, content: JSONObject): Promise<readonly KnownDevice[]>
  /** Listens to messages of one type. The machine keeps a message until the listener's promise resolves; after a crash it comes again. */
  onToDevice(type: string, listener: (event: ToDeviceEvent) => void | Promise<void>): () => void

  /** Told of verification events that came through rooms, once decrypted (`m.key.verification.*`, and requests among `m.room.message`). */
  onRoomVerification(listener: (room: RoomID, event: RoomVerificationEvent) => void): () => void

  /** Imports sessions, where they are better than what is there. Gives how many were. */
  putInboundSessions(sessions: readonly ExportedSession[], source: Exclude<SessionSource, "direct">, options?: { isBackedUp?: boolean }): Promise<number>
  exportedSession(room: RoomID, sessionId: string): Promise<ExportedSession | undefined>
  /** All sessions, in parts, such as for an export. */
  exportSessions(visit: (sessions: readonly ExportedSession[]) => Promise<void>): Promise<void>
  /** Sessions that wait to be backed up, the oldest first. */
  sessionsToBackUp(limit: number): Promise<readonly ExportedSession[]>
  countSessionsToBackUp(): Promise<number>
  /** Only where they did not get better in the meantime (`firstIndex`). */
  markBackedUp(sessions: readonly ExportedSession[]): Promise<void>
  /** A new backup version: everything waits again. */
  markAllForBackup(): Promise<void>
  /** Told when sessions came that wait for backup, by other tabs too. */
  onSessionsToBackUp(listener: () => void): () => void
  /** Told when an event could not be decrypted for want of a session, to look in the backup; at most once a session until it came. */
  onMissingSession(listener: (room: RoomID, sessionId: string) => void): () => void
}
