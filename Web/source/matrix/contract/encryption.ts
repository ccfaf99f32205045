import type { Observable } from "../base/observable"
import type { JSONObject } from "../base/read"
import type { EventEncryption } from "./timeline"
import type { EventID, MatrixEvent, RoomID, UserID } from "./events"

/** What the person needs to know about, or do for, the encryption of this account. */
export type EncryptionSetup =
  /** Not looked at yet. */
  | { readonly kind: "unknown" }
  /** Nothing is set up on this account: make keys and a recovery key. */
  | { readonly kind: "fresh" }
  /** Another device has the keys: verify with it, or enter the recovery key. `canRecover`: a recovery key exists; `otherDevices`: can be asked. */
  | { readonly kind: "needs-verification"; readonly canRecover: boolean; readonly otherDevices: number }
  /** This device is signed, but secrets or the backup are missing. */
  | { readonly kind: "incomplete"; readonly missing: readonly ("cross-signing" | "backup" | "recovery")[] }
  | { readonly kind: "ready" }

export interface BackupState {
  readonly isEnabled: boolean
  readonly version: string | undefined
  /** Keys on this device that are not backed up yet. */
  readonly waiting: number
  /** While a restore runs. */
  readonly restore: { readonly done: number; readonly total: number } | undefined
}

export interface DeviceInfo {
  readonly userId: UserID
  readonly deviceId: string
  readonly displayName: string | undefined
  readonly fingerprint: string
  /** Signed by its owner's self-signing key. */
  readonly isSigned: boolean
  readonly isOwn: boolean
  /** Milliseconds and address, for own devices. */
  readonly lastSeen?: number
  readonly lastAddress?: string
}

/** How much is known of a person's identity. */
export type Trust = "none" | "unverified" | "verified" | "changed"

/** End-to-end encryption of one account on this device. */
export interface Encryption {
  readonly setup: Observable<EncryptionSetup>
  readonly backup: Observable<BackupState>
  /** Verifications that are going on, asked for by others too. */
  readonly verifications: Observable<readonly Verification[]>

  /** Makes cross-signing keys, secret storage and backup; gives the recovery key to write down. `authenticate` as in API.interactive. */
  bootstrap(options: { passphrase?: string; authenticate: (stage: unknown) => Promise<JSONObject | undefined> }): Promise<{ recoveryKey: string }>
  /** Opens secret storage with a recovery key or passphrase: signs this device, enables the backup, starts the restore. Throws "wrong-key". */
  recover(secret: string): Promise<void>
  /** Gives up all secrets and begins anew. */
  reset(options: { authenticate: (stage: unknown) => Promise<JSONObject | undefined> }): Promise<{ recoveryKey: string }>

  devices(userId: UserID): Observable<readonly DeviceInfo[]>
  trust(userId: UserID): Observable<Trust>
  /** Accepts that a person's identity changed. */
  acknowledgeChange(userId: UserID): Promise<void>
  verifyOwnDevice(deviceId?: string): Promise<Verification>
  verifyUser(userId: UserID): Promise<Verification>

  /** Exports and imports room keys as other clients do (passphrase-protected text, spec "Key exports"). */
  exportKeys(passphrase: string): Promise<string>
  importKeys(text: string, passphrase: string): Promise<{ imported: number; total: number }>

  // For `matrix/rooms`, not for the interface:
  /** Content for `m.room.encrypted`, after keys were shared with all devices that should have them. */
  encrypt(room: RoomID, type: string, content: JSONObject): Promise<JSONObject>
  decrypt(room: RoomID, event: MatrixEvent): Promise<Decryption>
  /** Told when keys came that may decrypt events of a room's session. */
  onKeys(listener: (room: RoomID, sessionId: string) => void): () => void
  /** Feeds what a sync brought; resolves when it is stored. To-device messages are handled exactly once. */
  receiveSync(changes: EncryptionSync): Promise<void>
  /** Requests that must be made (keys to upload, query, claim, to-device to send) until none is left. Safe to call often. */
  flush(): Promise<void>
  /** A room is encrypted or its members changed. */
  roomChanged(room: RoomID, encryption: JSONObject | undefined): void
  /** Shares the history of a room with somebody who is being invited (MSC4268). */
  shareHistory(room: RoomID, userId: UserID): Promise<void>
  encryptFile(blob: Blob): Promise<{ blob: Blob; file: JSONObject }>
  decryptFile(blob: Blob, file: JSONObject): Promise<Blob>
  stop(): Promise<void>
}

export interface Decryption {
  /** Undefined where it cannot be decrypted. */
  readonly event: { readonly type: string; readonly content: JSONObject } | undefined
  readonly encryption: EventEncryption
  /** The Megolm session, to try again when its key comes. */
  readonly sessionId: string | undefined
}

export interface EncryptionSync {
  readonly toDevice: readonly JSONObject[]
  readonly deviceListsChanged: readonly UserID[]
  readonly deviceListsLeft: readonly UserID[]
  readonly oneTimeKeyCounts: { readonly [algorithm: string]: number } | undefined
  readonly unusedFallbackKeys: readonly string[] | undefined
}

/** What encryption asks of the rest of the session. */
export interface EncryptionHost {
  /** Users whose devices get room keys: joined, and invited where history visibility says so. Loads members where needed. */
  roomRecipients(room: RoomID): Promise<readonly UserID[]>
  roomEncryption(room: RoomID): JSONObject | undefined
  historyVisibility(room: RoomID): string
  accountData(type: string): JSONObject | undefined
  setAccountData(type: string, content: JSONObject): Promise<void>
  onAccountData(type: string, listener: () => void): () => void
  /** Rooms shared with nobody are not tracked: users of all encrypted rooms. */
  trackedUsers(): ReadonlySet<UserID>
  /** Sends verification messages that go through a room. */
  sendRoomEvent(room: RoomID, type: string, content: JSONObject): Promise<EventID>
  directRoom(userId: UserID): Promise<RoomID>
}

/** One verification between two devices, by emoji or QR code. */
export interface Verification {
  readonly id: string
  readonly otherUser: UserID
  readonly otherDevice: string | undefined
  readonly isOwnUser: boolean
  readonly startedByMe: boolean
  readonly state: Observable<VerificationState>
  accept(): Promise<void>
  /** Begins the comparison of emoji. */
  startSAS(): Promise<void>
  /** They match, or the other device says that it scanned ours. */
  confirm(): Promise<void>
  /** The content of a code that was scanned with the camera. */
  scanned(data: Uint8Array): Promise<void>
  cancel(mismatch?: boolean): Promise<void>
}

export type VerificationState =
  | { readonly kind: "requested" }
  /** `qr`: bytes to show as a code, where the other side can scan. */
  | { readonly kind: "ready"; readonly qr: Uint8Array | undefined; readonly canScan: boolean; readonly canCompareEmoji: boolean }
  | { readonly kind: "comparing"; readonly emoji: readonly { readonly symbol: string; readonly name: string }[]; readonly decimals: readonly [number, number, number] }
  | { readonly kind: "scanned-by-other" }
  | { readonly kind: "waiting" }
  | { readonly kind: "done" }
  | { readonly kind: "cancelled"; readonly byMe: boolean; readonly reason: string; readonly code: string }
