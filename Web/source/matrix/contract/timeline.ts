import type { Observable } from "../base/observable"
import type { JSONObject } from "../base/read"
import type { EventID, UserID } from "./events"

/** One event as a timeline shows it: immutable; a change gives a new object under the same `key`. */
export interface TimelineEvent {
  /** Stable from the moment of sending: the transaction ID for own events of this tab, else the event ID. */
  readonly key: string
  /** Undefined while it is only in the outbox. */
  readonly id: EventID | undefined
  readonly sender: UserID
  readonly timestamp: number
  /** The type after decryption. */
  readonly type: string
  readonly stateKey: string | undefined
  /** The content that counts now: decrypted, and of the newest edit by the same sender (its `m.new_content`, with the original's relation kept). */
  readonly content: JSONObject
  /** For state events: what was there before. */
  readonly previousContent: JSONObject | undefined
  /** When it was edited last, and how many edits are known. */
  readonly edited: { readonly timestamp: number; readonly eventId: EventID; readonly count: number } | undefined
  readonly redacted: { readonly by: UserID; readonly reason: string | undefined; readonly timestamp: number } | undefined
  readonly encryption: EventEncryption
  readonly sending: SendingState
  readonly reactions: readonly Reaction[]
  /** The event this one answers (`m.in_reply_to`), not counting the fallback of threads. */
  readonly replyTo: EventID | undefined
  /** The root of the thread this event is in. */
  readonly threadRoot: EventID | undefined
  /** For roots: what the thread holds. */
  readonly thread: ThreadSummary | undefined
  /** Votes and end of a poll that starts here. */
  readonly poll: PollState | undefined
  /** Whether the push rules make it a mention of this account. */
  readonly mentionsMe: boolean
  /** Bundled raw event for "view source". */
  readonly source: JSONObject
}

export type EventEncryption =
  | { readonly kind: "none" }
  /** `shield` undefined: sent by a device that its owner signed. */
  | { readonly kind: "decrypted"; readonly shield: "unsigned-device" | "unknown-device" | "unverified-user-changed" | "imported" | undefined }
  /** `reason`: keys may still come ("waiting"), were never there ("before-joining"), were refused ("withheld"), or something is wrong ("broken"). */
  | { readonly kind: "undecryptable"; readonly reason: "waiting" | "before-joining" | "withheld" | "broken"; readonly detail: string }

export type SendingState =
  | { readonly kind: "received" }
  | { readonly kind: "queued" }
  /** `progress` 0…1 while a file is uploaded. */
  | { readonly kind: "sending"; readonly progress: number | undefined }
  /** `isFinal`: the server refused; asking again will not help. */
  | { readonly kind: "failed"; readonly message: string; readonly isFinal: boolean }

export interface Reaction {
  /** An emoji, or an mxc:// of a custom one. */
  readonly key: string
  readonly shortcode: string | undefined
  readonly count: number
  readonly senders: readonly UserID[]
  /** The own reaction's event, to take it back; "pending" while it is being sent. */
  readonly mine: EventID | "pending" | undefined
}

export interface ThreadSummary {
  readonly count: number
  readonly latest: TimelineEvent | undefined
  readonly participated: boolean
}

export interface PollState {
  readonly votes: ReadonlyMap<string, readonly UserID[]>
  readonly mine: readonly string[]
  readonly isEnded: boolean
}

/** What a timeline is a view of. */
export type TimelineScope =
  | { readonly kind: "live" }
  | { readonly kind: "around"; readonly eventId: EventID }
  | { readonly kind: "thread"; readonly root: EventID }
  | { readonly kind: "pinned" }

/** A stretch of a room's history, growing at its ends; close it when it is no longer shown. */
export interface Timeline {
  readonly scope: TimelineScope
  /** Oldest first. In the room's main timelines events of threads are left out, but for the roots. */
  readonly events: Observable<readonly TimelineEvent[]>
  readonly older: Observable<EdgeState>
  /** "end" for live timelines. */
  readonly newer: Observable<EdgeState>
  loadOlder(count?: number): Promise<void>
  loadNewer(count?: number): Promise<void>
  /** An event wherever it is in the room: from the timeline, the store or the server; undefined where it cannot be had. For reply quotes. */
  event(id: EventID): Observable<TimelineEvent | undefined>
  close(): void
}

export type EdgeState = "idle" | "loading" | "end" | "failed"
