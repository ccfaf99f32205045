import type { JSONObject } from "../base/read"
import type { Observable } from "../base/observable"
import type { ClientAPI } from "../api/ClientAPI"
import type { Encryption } from "../contract/encryption"
import type { RoomID, UserID } from "../contract/events"
import type { Platform, Transaction } from "../contract/platform"
import type { MediaSource, Profile } from "../contract/session"
import type { Interest } from "../sync/slidingRequest"
import type { Decryptor } from "./Decryptor"
import type { Outbox } from "./Outbox"
import type { PushRules } from "./PushRules"

/** What the parts of a session have in common, as rooms need it. */
export interface SessionCore {
  readonly platform: Platform
  readonly api: ClientAPI
  readonly me: UserID
  readonly encryption: Encryption
  readonly decryptor: Decryptor
  readonly media: MediaSource
  readonly outbox: Outbox
  readonly ignoredUsers: Observable<ReadonlySet<UserID>>
  pushRules(): PushRules
  accountDataNow(type: string): JSONObject | undefined
  profile(userId: UserID): Observable<Profile>
  /** Users of a direct room by `m.direct`; empty where it is none. */
  directUsers(room: RoomID): readonly UserID[]
  setDirect(room: RoomID, users: readonly UserID[]): Promise<void>
  /** One transaction over the database of this account. */
  transaction<R>(stores: readonly string[], mode: "read" | "write", work: (transaction: Transaction) => Promise<R>): Promise<R>
  /** Asks the sync for more of a room; the answer ends it. */
  interest(room: RoomID, interest: Interest): () => void
  /** A room's summary changed. */
  summaryChanged(room: RoomID): void
  /** Changes that this tab made by itself, for the other tabs. */
  recordChanged(room: RoomID): void
  removeRoom(room: RoomID): Promise<void>
  newTransactionID(): string
}
