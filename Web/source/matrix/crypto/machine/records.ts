import type { JSONObject } from "../../base/read"
import type { EventID, RoomID, UserID } from "../../contract/events"
import type { CrossSigningKeys, KnownDevice, SessionSource } from "./EncryptionContext"

/** The own keys, in the store `encryption`. */
export interface AccountRecord {
  readonly key: "account"
  readonly userId: UserID
  readonly deviceId: string
  readonly ed25519: string
  readonly curve25519: string
  /** Grows with each change, so that tabs know whether what they have is current. */
  readonly revision: number
  readonly areDeviceKeysUploaded: boolean
  /** What the server said last. */
  readonly oneTimeKeyCount: number
  readonly isFallbackUsed: boolean
  readonly sealed: Uint8Array
}

/** An Olm session, in the store `olmSessions`. */
export interface OlmRecord {
  readonly senderKey: string
  readonly sessionId: string
  /** When it last received, or was made. */
  readonly lastReceived: number
  readonly sealed: Uint8Array
}

/** Whose session it is. For those that did not come from their owner, what others said. */
export interface SessionOwner {
  readonly userId: UserID | undefined
  readonly curve25519: string
  readonly ed25519: string | undefined
}

/** A Megolm session of others, in the store `inboundSessions`. */
export interface InboundRecord {
  readonly room: RoomID
  readonly sessionId: string
  readonly owner: SessionOwner
  readonly source: SessionSource
  /** Who passed it on, where it came in a bundle. */
  readonly from?: UserID
  readonly sharedHistory: boolean
  readonly forwardingChain: readonly string[]
  readonly firstIndex: number
  /** Waits to be backed up since then; left out where it does not. */
  readonly waiting?: number
  /** The exported key. */
  readonly sealed: Uint8Array
}

/** Which event had which index of a session, in the store `messageIndexes`. */
export interface MessageIndexRecord {
  readonly room: RoomID
  readonly sessionId: string
  readonly index: number
  readonly eventId: EventID
  readonly timestamp: number
}

/** In the store `withheldSessions`. */
export interface WithheldRecord {
  readonly room: RoomID
  readonly sessionId: string
  readonly code: string
  readonly reason: string
}

/** The session that a room's messages are encrypted with, in the store `outboundSessions`. */
export interface OutboundRecord {
  readonly room: RoomID
  readonly sessionId: string
  readonly created: number
  readonly messages: number
  readonly sharedHistory: boolean
  /** For whom it was shared; while that is the same, nothing has to be looked at again. */
  readonly audience: string
  /** When to try again for those who could not be reached; left out where all were. */
  readonly retryAt?: number
  readonly sealed: Uint8Array
}

/** Who has, or was refused, a session; in the store `sharedSessions`. */
export interface SharedRecord {
  readonly sessionId: string
  readonly userId: UserID
  readonly deviceId: string
  readonly curve25519: string
  /** The code with which it was withheld, or undefined where it was shared. */
  readonly withheld?: string
}

/** In the store `devices`. */
export type DeviceRecord = KnownDevice

/** In the store `deviceLists`. */
export interface DeviceListRecord {
  readonly userId: UserID
  /** There while the list has to be asked for. */
  readonly outdated?: 1
  /** Nothing is heard of changes any more; it is out of date as soon as it matters again. */
  readonly isUntracked?: true
  /** Grows whenever the server says that the list changed. */
  readonly generation: number
  readonly crossSigning?: CrossSigningKeys
}

/** A message to devices that the server has not taken yet, in the store `toDeviceOutbox`. */
export interface OutboxRecord {
  readonly id: string
  readonly type: string
  readonly messages: JSONObject
}

/** A message that came and is not dealt with yet, in the store `toDeviceInbox`. */
export interface InboxRecord {
  readonly id: string
  readonly type: string
  readonly sender: UserID
  readonly wasEncrypted: boolean
  readonly senderDevice: KnownDevice | undefined
  /** The content, which may be secret. */
  readonly sealed: Uint8Array
}

/** A message that was dealt with, in the store `handledMessages`. */
export interface HandledRecord {
  readonly hash: string
  readonly time: number
}

/** A session that own devices are asked for, in the store `keyRequests`. */
export interface KeyRequestRecord {
  readonly room: RoomID
  readonly sessionId: string
  readonly requestId: string
  readonly time: number
}

/** Shared history that may be downloaded, in the store `keyBundles`. */
export interface KeyBundleRecord {
  readonly room: RoomID
  readonly sender: UserID
  readonly senderKey: string
  readonly time: number
  readonly sealed: Uint8Array
}

/** A device whose Olm session is broken, in the store `encryption` under `unwedge:` and its key. */
export interface UnwedgeRecord {
  readonly key: string
  readonly userId: UserID
  readonly senderKey: string
  readonly time: number
  readonly isPending: boolean
}
