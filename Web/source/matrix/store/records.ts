import type { JSONObject } from "../base/read"
import type { EventID, MatrixEvent, MXC, RoomID, UserID } from "../contract/events"
import type { Membership } from "../contract/room"

/** A room as lists need it: one record a room, so that all of them load at once. */
export interface RoomRecord {
  readonly id: RoomID
  readonly membership: Membership
  readonly type: string | undefined
  readonly name: string | undefined
  readonly topic: string | undefined
  readonly avatar: MXC | undefined
  readonly alias: string | undefined
  readonly joinRule: string | undefined
  readonly version: string | undefined
  readonly creators: readonly UserID[]
  readonly predecessor: RoomID | undefined
  readonly successor: RoomID | undefined
  readonly encryption: JSONObject | undefined
  readonly inviter: UserID | undefined
  /** Kept after joining: whom the invitation was from. */
  readonly invitedBy: { readonly userId: UserID; readonly joinedAt: number } | undefined
  readonly isInvitedDirect: boolean
  readonly heroes: readonly MemberRecord[]
  readonly joinedCount: number
  readonly invitedCount: number
  readonly notifications: number
  readonly highlights: number
  readonly threads: { readonly [root: EventID]: { readonly notifications: number; readonly highlights: number } }
  /** Unread events that this client found to be mentions, where the server cannot read them. */
  readonly localHighlights: readonly EventID[]
  readonly isUnread: boolean
  readonly lastActivity: number
  /** The newest event that shows in the list, and that counts for reading. */
  readonly lastEvent: MatrixEvent | undefined
  /** The newest event of all, to mark as read up to. */
  readonly newest: EventID | undefined
  /** The own receipt: public or private, whichever is newer. */
  readonly ownReceipt: { readonly eventId: EventID; readonly timestamp: number } | undefined
  readonly accountData: { readonly [type: string]: JSONObject }
  /** Whether every joined and invited member is in the store. */
  readonly areMembersComplete: boolean
  /** Whether every state event but members is in the store. */
  readonly isStateComplete: boolean
  readonly liveSegment: number
}

/** All state of a room but for its members. */
export interface StateRecord {
  readonly id: RoomID
  readonly events: readonly MatrixEvent[]
}

export interface MemberRecord {
  readonly room: RoomID
  readonly userId: UserID
  readonly membership: Membership
  readonly displayName: string | undefined
  readonly avatar: MXC | undefined
  readonly reason: string | undefined
}

/** Where a stretch of events goes on. */
export type Edge =
  /** With this token of the server. */
  | { readonly kind: "token"; readonly token: string }
  /** With another stretch of the store. */
  | { readonly kind: "segment"; readonly segment: number }
  /** Nothing is there: the room begins, or the present is reached. */
  | { readonly kind: "end" }
  /** The token has to be asked for with the event at the edge. */
  | { readonly kind: "unknown" }

/** A stretch of a room's events without a hole. */
export interface SegmentRecord {
  readonly room: RoomID
  readonly id: number
  readonly older: Edge
  readonly newer: Edge
  readonly first: number
  readonly last: number
}

export interface EventRecord {
  readonly room: RoomID
  readonly segment: number
  readonly index: number
  readonly id: EventID
  readonly event: MatrixEvent
  /** The event that this one relates to, for looking relations up; "" where there is none. */
  readonly target: EventID | ""
}

export interface ReceiptRecord {
  readonly room: RoomID
  readonly userId: UserID
  /** "" where it counts for everything or the main timeline, else the thread's root. */
  readonly thread: string
  readonly eventId: EventID
  readonly timestamp: number
}

export interface OutboxRecord {
  readonly key: string
  readonly room: RoomID
  /** Entries of a room go out in this order. */
  readonly order: number
  readonly kind: "event" | "file" | "redaction"
  readonly type: string
  readonly content: JSONObject
  readonly timestamp: number
  /** Of redactions: the event. */
  readonly target?: EventID
  readonly file?: Blob
  readonly fileName?: string
  readonly mimeType?: string
  readonly thumbnail?: Blob
  readonly thumbnailInfo?: JSONObject
  /** What an upload gave already, so that it is not made twice. */
  readonly uploaded?: JSONObject
  readonly attempts: number
  readonly failure?: { readonly message: string; readonly isFinal: boolean }
}

export interface AccountDataRecord { readonly type: string; readonly content: JSONObject }
export interface ProfileRecord { readonly userId: UserID; readonly fields: JSONObject; readonly fetched: number }
export interface SettingRecord { readonly key: string; readonly value: unknown }
