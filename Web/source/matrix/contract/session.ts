import type { Observable } from "../base/observable"
import type { JSONObject, JSONValue } from "../base/read"
import type { Encryption } from "./encryption"
import type { EventID, MatrixEvent, MXC, RoomID, UserID } from "./events"
import type { Room, RoomSummary } from "./room"
import type { TimelineEvent } from "./timeline"

/** How the connection to the server is. */
export type SyncStatus =
  | { readonly kind: "starting" }
  | { readonly kind: "live" }
  | { readonly kind: "catching-up" }
  /** `since` in milliseconds; `retryAt` when the next try is due. */
  | { readonly kind: "offline"; readonly since: number; readonly retryAt: number }
  /** The token is no longer valid. `soft`: signing in again keeps the data of this device. */
  | { readonly kind: "signed-out"; readonly soft: boolean }

/** What is known of a person outside of rooms. Immutable. */
export interface Profile {
  readonly userId: UserID
  readonly displayName: string | undefined
  readonly avatar: MXC | undefined
  /** Further fields (MSC4133): pronouns, m.tz, status … */
  readonly fields: JSONObject
}

export interface Presence {
  readonly state: "online" | "unavailable" | "offline"
  readonly statusMessage: string | undefined
  readonly lastActive: number | undefined
}

/** A signed-in account: everything the interface works with. */
export interface Session {
  readonly account: AccountRecord
  readonly userId: UserID
  readonly deviceId: string
  readonly status: Observable<SyncStatus>
  /** "lost" once the browser took away what was kept on this device: it comes from the server again. */
  readonly storage: Observable<"kept" | "lost">
  readonly encryption: Encryption
  readonly api: API
  readonly media: MediaSource

  /** All rooms, joined, invited, knocked at and recently left. New array on each change; unsorted. */
  readonly rooms: Observable<readonly RoomSummary[]>
  room(id: RoomID): Room | undefined
  /** Resolves when a room is known through sync, such as after creating or joining it. */
  waitForRoom(id: RoomID, signal?: AbortSignal): Promise<Room>
  /** A room that one is not in, to look at: summary from the server, state and timeline where it is world-readable. */
  preview(idOrAlias: string, via?: readonly string[]): Promise<RoomPreview>
  join(idOrAlias: string, via?: readonly string[], reason?: string): Promise<RoomID>
  knock(idOrAlias: string, via?: readonly string[], reason?: string): Promise<RoomID>
  createRoom(options: JSONObject): Promise<RoomID>
  /** The direct room with these people; made, encrypted, where there is none. */
  directRoom(userIds: readonly UserID[]): Promise<RoomID>

  profile(userId: UserID): Observable<Profile>
  presence(userId: UserID): Observable<Presence>
  setProfileField(field: string, value: JSONValue | null): Promise<void>
  setPresence(state: "online" | "unavailable" | "offline", statusMessage?: string): Promise<void>
  readonly ignoredUsers: Observable<ReadonlySet<UserID>>
  setIgnored(userId: UserID, isIgnored: boolean): Promise<void>

  accountData(type: string): Observable<JSONObject | undefined>
  setAccountData(type: string, content: JSONObject): Promise<void>

  /** Events that notify, as they come (from sync, after decryption, by the push rules): for desktop notifications and sounds. */
  onNotification(listener: (notification: IncomingNotification) => void): () => void
  /** Search on the server; encrypted rooms are searched in the local index. */
  search(query: SearchQuery): Promise<SearchPage>
  /** What waits to be sent, over all rooms. */
  readonly outbox: Observable<readonly OutboxEntry[]>

  start(): void
  /** Stops and closes; nothing is lost. */
  stop(): Promise<void>
  /** Signs this device out and forgets its data. */
  signOut(): Promise<void>
}

export interface IncomingNotification {
  readonly room: RoomID
  readonly event: TimelineEvent
  readonly isHighlight: boolean
  readonly sound: string | undefined
}

export interface OutboxEntry { readonly room: RoomID; readonly key: string; readonly event: TimelineEvent }

export interface RoomPreview {
  readonly id: RoomID
  readonly name: string | undefined
  readonly topic: string | undefined
  readonly avatar: MXC | undefined
  readonly alias: string | undefined
  readonly type: string | undefined
  readonly joinRule: string
  readonly memberCount: number
  readonly isWorldReadable: boolean
  readonly isEncrypted: boolean
  readonly membership: string | undefined
  readonly via: readonly string[]
}

export interface SearchQuery {
  readonly text: string
  readonly rooms?: readonly RoomID[]
  readonly senders?: readonly UserID[]
  /** Milliseconds. */
  readonly after?: number
  readonly before?: number
  readonly has?: "file" | "image" | "link"
  readonly order?: "recent" | "rank"
  readonly next?: string
}

export interface SearchHit { readonly room: RoomID; readonly event: TimelineEvent }
export interface SearchPage { readonly hits: readonly SearchHit[]; readonly count: number | undefined; readonly next: string | undefined; readonly highlights: readonly string[] }

/** Calls to the homeserver with this account's token; paths begin with `/_matrix` or `/_martlet`. */
export interface API {
  readonly homeserver: string
  get(path: string, query?: Record<string, string | number | boolean | readonly string[] | undefined>, signal?: AbortSignal): Promise<JSONObject>
  post(path: string, body?: JSONValue, query?: Record<string, string | number | boolean | readonly string[] | undefined>, signal?: AbortSignal): Promise<JSONObject>
  put(path: string, body: JSONValue, query?: Record<string, string | number | boolean | readonly string[] | undefined>): Promise<JSONObject>
  delete(path: string, body?: JSONValue): Promise<JSONObject>
  /**
   * Runs a call that may ask for user-interactive authentication; `authenticate` is asked with the flows and gives the next `auth` object,
   * or undefined to give up (the call then fails with `M_CANCELLED`).
   */
  interactive(
    method: "POST" | "PUT" | "DELETE", path: string, body: JSONObject,
    authenticate: (stage: { session: string; flows: readonly (readonly string[])[]; completed: readonly string[]; params: JSONObject; error: string | undefined }) => Promise<JSONObject | undefined>,
  ): Promise<JSONObject>
}

/** An error of the API or of the way to it. `code` is the specification's (M_FORBIDDEN …), "NETWORK" where no answer came, or "M_CANCELLED". */
export class MatrixError extends Error {
  override readonly name = "MatrixError"
  constructor(
    readonly code: string, message: string, readonly status: number, readonly retryAfter: number | undefined = undefined, readonly body: JSONObject = {},
  ) {
    super(message)
  }
}

/** Media by authenticated download, kept in a cache of bounded size; encrypted files are decrypted and their hash is checked. */
export interface MediaSource {
  /** An object URL of a picture scaled by the server (or the whole file where that is wanted); the same URL while anybody holds it. Release it when done. */
  thumbnail(mxc: MXC, size: { width: number; height: number; method: "crop" | "scale"; isAnimated?: boolean }): MediaHandle
  file(source: MXC | EncryptedFile, mimeType?: string): MediaHandle
  upload(blob: Blob, name: string, onProgress?: (fraction: number) => void, signal?: AbortSignal): Promise<MXC>
  /** The largest upload in bytes. */
  limit(): Promise<number | undefined>
  preview(url: string, timestamp: number): Promise<JSONObject | undefined>
}

export interface MediaHandle {
  /** Undefined while loading; a blob: URL; or what went wrong. */
  readonly state: Observable<{ readonly url: string | undefined; readonly blob: Blob | undefined; readonly error: MatrixError | undefined; readonly progress: number | undefined }>
  release(): void
}

export interface EncryptedFile {
  readonly url: MXC
  readonly key: JSONObject
  readonly iv: string
  readonly hashes: { readonly [algorithm: string]: string }
  readonly v: string
}

/** An account that this browser knows, as kept in the settings. */
export interface AccountRecord {
  readonly userId: UserID
  readonly deviceId: string
  readonly homeserver: string
  readonly accessToken: string
  readonly refreshToken?: string
  /** When the access token ends, in milliseconds. */
  readonly expiresAt?: number
}

/** Signing in and up, before there is a session; and the list of accounts. */
export interface Accounts {
  readonly list: Observable<readonly AccountRecord[]>
  /** The account to open first; changed by `select`. */
  readonly current: Observable<UserID | undefined>
  select(userId: UserID): void
  /** From a server name or address to the base URL, through .well-known and /versions. Throws MatrixError. */
  discover(server: string): Promise<{ homeserver: string; serverName: string | undefined }>
  loginFlows(homeserver: string): Promise<LoginFlows>
  login(homeserver: string, request: JSONObject): Promise<AccountRecord>
  /** Registers with whatever the server asks for, through `authenticate` as in `API.interactive`. */
  register(homeserver: string, request: { username: string; password: string }, authenticate: Parameters<API["interactive"]>[3]): Promise<AccountRecord>
  isUsernameFree(homeserver: string, username: string): Promise<{ isFree: boolean; reason: string | undefined }>
  /** Keeps a signed-in account and makes it current. */
  add(account: AccountRecord): void
  open(account: AccountRecord): Promise<Session>
  /** An API without a token, for calls that need none. */
  publicAPI(homeserver: string): API
}

export interface LoginFlows {
  readonly password: boolean
  readonly token: boolean
  readonly sso: readonly { readonly id: string | undefined; readonly name: string; readonly icon: MXC | undefined }[]
  /** Flows of registration as lists of stages; empty where it is closed. */
  readonly registration: readonly (readonly string[])[]
  readonly registrationParams: JSONObject
}

export type { EventID, MatrixEvent }
