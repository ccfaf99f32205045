import type { JSONObject } from "../base/read"
import type { EventID, MatrixEvent, RoomID, UserID } from "../contract/events"
import type { Membership } from "../contract/room"

/** What one answer of a sync brings, whichever of the two protocols it came by. A structured clone: it is posted to the other tabs. */
export interface SyncUpdate {
  readonly rooms: readonly RoomUpdate[]
  readonly accountData: readonly { readonly type: string; readonly content: JSONObject }[]
  readonly presence: readonly { readonly userId: UserID; readonly content: JSONObject }[]
  readonly toDevice: readonly JSONObject[]
  readonly deviceListsChanged: readonly UserID[]
  readonly deviceListsLeft: readonly UserID[]
  readonly oneTimeKeyCounts: { readonly [algorithm: string]: number } | undefined
  readonly unusedFallbackKeys: readonly string[] | undefined
}

/** What is new in one room; what is undefined did not change. */
export interface RoomUpdate {
  readonly id: RoomID
  readonly membership: Membership | undefined
  /** The room is told from scratch: its state as given replaces what was known of those types. */
  readonly isInitial: boolean
  /** State that changed, members too, in the order in which it counts: including the state events of the timeline. */
  readonly state: readonly MatrixEvent[]
  /** Of invites and knocks: what the server tells of the room. */
  readonly strippedState: readonly MatrixEvent[] | undefined
  readonly timeline: readonly MatrixEvent[]
  /** Whether events are missing between what was known and this timeline. */
  readonly isLimited: boolean
  /** Where the history before the timeline begins. */
  readonly previousBatch: string | undefined
  /** How many of the timeline's last events are new, rather than history. */
  readonly liveCount: number
  readonly heroes: readonly Hero[] | undefined
  readonly joinedCount: number | undefined
  readonly invitedCount: number | undefined
  readonly notifications: number | undefined
  readonly highlights: number | undefined
  readonly threads: { readonly [root: EventID]: { readonly notifications: number; readonly highlights: number } } | undefined
  readonly accountData: readonly { readonly type: string; readonly content: JSONObject }[]
  readonly receipts: readonly ReceiptUpdate[]
  /** Who types now. */
  readonly typing: readonly UserID[] | undefined
}

/** Somebody whom a room without a name is named after. */
export interface Hero { readonly userId: UserID; readonly displayName: string | undefined; readonly avatar: string | undefined }

export interface ReceiptUpdate {
  readonly userId: UserID
  readonly eventId: EventID
  readonly timestamp: number
  readonly isPrivate: boolean
  /** Undefined where it counts for everything, "main" for what is in no thread, else the thread's root. */
  readonly thread: string | undefined
}

/** An update that says nothing of a room, to build on. */
export function emptyRoomUpdate(id: RoomID): RoomUpdate {
  return {
    id, membership: undefined, isInitial: false, state: [], strippedState: undefined, timeline: [], isLimited: false, previousBatch: undefined, liveCount: 0,
    heroes: undefined, joinedCount: undefined, invitedCount: undefined, notifications: undefined, highlights: undefined, threads: undefined,
    accountData: [], receipts: [], typing: undefined,
  }
}
