import type { Observable } from "../base/observable"
import type { JSONObject } from "../base/read"
import type { EventID, MatrixEvent, MXC, RoomID, UserID } from "./events"
import type { Timeline, TimelineEvent, TimelineScope } from "./timeline"

export type Membership = "join" | "invite" | "knock" | "leave" | "ban"

/** What lists show of a room: cheap, there for each room from the start. Immutable. */
export interface RoomSummary {
  readonly id: RoomID
  readonly membership: Membership
  /** "m.space", a voice room's type, or undefined. */
  readonly type: string | undefined
  /** The name to show: its own, its alias, or made of the members ("Ana, Ben and 3 others" is left to the UI: see `heroes`). */
  readonly name: string | undefined
  readonly heroes: readonly Member[]
  readonly topic: string | undefined
  readonly avatar: MXC | undefined
  readonly alias: string | undefined
  readonly isEncrypted: boolean
  readonly isDirect: boolean
  /** Whom a direct room is with. */
  readonly directUsers: readonly UserID[]
  readonly joinedCount: number
  readonly invitedCount: number
  readonly unread: Unread
  readonly isMuted: boolean
  readonly notifications: "all" | "mentions" | "mute" | "default"
  /** Milliseconds; when something that counts happened last. */
  readonly lastActivity: number
  readonly lastMessage: TimelineEvent | undefined
  readonly tags: ReadonlyMap<string, number | undefined>
  /** The room that replaced this one. */
  readonly successor: RoomID | undefined
  readonly inviter: UserID | undefined
  readonly joinRule: string | undefined
  readonly version: string | undefined
  readonly predecessor: RoomID | undefined
}

export interface Unread {
  /** Messages that notify, of the main timeline. */
  readonly notifications: number
  /** Mentions among them. */
  readonly highlights: number
  /** Whether there is anything unread at all, or it was marked so. */
  readonly isUnread: boolean
  readonly isMarked: boolean
  readonly threads: ReadonlyMap<EventID, { readonly notifications: number; readonly highlights: number }>
}

/** A member as lists and messages show them. Immutable. */
export interface Member {
  readonly userId: UserID
  readonly membership: Membership
  readonly displayName: string | undefined
  readonly avatar: MXC | undefined
  readonly powerLevel: number
  /** Whether another member of the room has the same name: show the user ID beside it. */
  readonly isAmbiguous: boolean
  readonly reason: string | undefined
}

/** What a person may do in a room. Each asks the power levels as they are now. */
export interface Permissions {
  readonly myLevel: number
  canSend(type: string): boolean
  canSendState(type: string): boolean
  readonly canInvite: boolean
  readonly canKick: boolean
  readonly canBan: boolean
  readonly canRedactOthers: boolean
  readonly canNotifyRoom: boolean
  /** Whether this account outranks that one. */
  outranks(userId: UserID): boolean
}

export interface Receipt { readonly userId: UserID; readonly eventId: EventID; readonly timestamp: number }

/** A room of this account, or one that is looked at. */
export interface Room {
  readonly id: RoomID
  readonly summary: Observable<RoomSummary>
  /** Whether the full current state (but members) is loaded; `loadState` loads it, a sync keeps it current. */
  readonly isStateLoaded: Observable<boolean>
  loadState(): Promise<void>
  /** The content of a state event, undefined where there is none (or it is empty and redacted). */
  state(type: string, key?: string): Observable<JSONObject | undefined>
  /** All state events of a type by key. */
  stateOf(type: string): Observable<ReadonlyMap<string, MatrixEvent>>
  readonly permissions: Observable<Permissions>
  /** Joined and invited members as far as they are known; `loadMembers` brings them all. Sorted by name. */
  readonly members: Observable<readonly Member[]>
  readonly areMembersLoaded: Observable<boolean>
  loadMembers(): Promise<void>
  /** One member, also one that left; from the lists, else from the profile. Never undefined: the ID alone at worst. */
  member(userId: UserID): Observable<Member>
  readonly typing: Observable<readonly UserID[]>
  /** The newest receipt of each member in the main timeline, by event. */
  readonly receipts: Observable<ReadonlyMap<EventID, readonly Receipt[]>>
  /** The event up to which this account has read (`m.fully_read`, or its own receipt). */
  readonly readUpTo: Observable<EventID | undefined>
  accountData(type: string): Observable<JSONObject | undefined>
  setAccountData(type: string, content: JSONObject): Promise<void>

  open(scope?: TimelineScope): Timeline
  /** Roots of threads, the newest activity first, with paging. */
  threads(from?: string): Promise<{ roots: readonly TimelineEvent[]; next: string | undefined }>
  /** The event nearest to a time (timestamp_to_event). */
  eventAt(timestamp: number, direction: "f" | "b"): Promise<EventID | undefined>
  /** All known edits of an event, the oldest first. */
  editsOf(id: EventID): Promise<readonly TimelineEvent[]>

  /** Into the outbox; sent in order, once, encrypted where the room is. The answer is the key in the timeline. */
  send(type: string, content: JSONObject, options?: SendOptions): string
  /** A file into the outbox: uploaded (encrypted where the room is), then sent as `content` with url or file and info filled in. */
  sendFile(file: OutgoingFile, content: JSONObject, options?: SendOptions): string
  edit(id: EventID, newContent: JSONObject): string
  redact(id: EventID, reason?: string): Promise<void>
  react(id: EventID, key: string, shortcode?: string): string
  /** Tries a failed or waiting entry of the outbox again. */
  retry(key: string): void
  /** Takes an entry out of the outbox that was not sent yet. */
  cancel(key: string): void
  setTyping(isTyping: boolean): void
  /** Marks as read up to an event (default: the newest); public or private receipt by the account's setting. In a thread with `threadRoot`. */
  markRead(upTo?: EventID, threadRoot?: EventID): Promise<void>
  markUnread(isUnread: boolean): Promise<void>

  setState(type: string, key: string, content: JSONObject): Promise<EventID>
  invite(userId: UserID, reason?: string): Promise<void>
  kick(userId: UserID, reason?: string): Promise<void>
  ban(userId: UserID, reason?: string, redactAll?: boolean): Promise<void>
  unban(userId: UserID): Promise<void>
  leave(): Promise<void>
  forget(): Promise<void>
  join(): Promise<void>
  setTag(tag: string, order?: number): Promise<void>
  removeTag(tag: string): Promise<void>
  setNotifications(level: "all" | "mentions" | "mute" | "default"): Promise<void>
  reportEvent(id: EventID, reason: string): Promise<void>
  reportRoom(reason: string): Promise<void>
  /** Upgrades to a room version; the new room's ID. */
  upgrade(version: string): Promise<RoomID>
  /** Turns encryption on, for ever. */
  enableEncryption(): Promise<void>
}

export interface SendOptions {
  readonly replyTo?: EventID
  readonly threadRoot?: EventID
}

export interface OutgoingFile {
  readonly blob: Blob
  readonly name: string
  readonly mimeType: string
  /** Goes into `content.info` (w, h, duration, xyz.amorgan.blurhash …). */
  readonly info?: JSONObject
  readonly thumbnail?: { readonly blob: Blob; readonly info: JSONObject }
}
