import { newTransactionID } from "../../base/identifiers"
import { asObject, asString, asStrings } from "../../base/read"
import type { EncryptionHost } from "../../contract/encryption"
import type { RoomID, UserID } from "../../contract/events"
import type { Channel, Database, Platform, Transaction } from "../../contract/platform"
import type { API } from "../../contract/session"
import { Sealer } from "./Sealer"

/** What tabs tell each other after they changed the database. */
type Notice =
  | { readonly kind: "devices"; readonly users: readonly UserID[] }
  | { readonly kind: "sessions"; readonly sessions: readonly { readonly room: RoomID; readonly sessionId: string }[]; readonly wait: boolean }

/** What all parts of the machine share: the database, locks, and notices to listeners and other tabs. */
export class MachineCore {
  private readonly channel: Channel
  private readonly deviceListeners = new Set<(users: readonly UserID[]) => void>()
  private readonly sessionListeners = new Set<(sessions: readonly { room: RoomID; sessionId: string }[], wait: boolean) => void>()
  private readonly stopping = new AbortController()

  private constructor(
    readonly platform: Platform, readonly database: Database, readonly api: API, readonly host: EncryptionHost,
    readonly userId: UserID, readonly deviceId: string, readonly sealer: Sealer,
  ) {
    this.channel = platform.openChannel(`martlet:encryption:${userId}`)
    this.channel.subscribe((message) => this.hear(message))
  }

  static async open(options: {
    platform: Platform; database: Database; api: API; host: EncryptionHost; userId: UserID; deviceId: string
  }): Promise<MachineCore> {
    const { platform, database, api, host, userId, deviceId } = options
    const sealer = await platform.locks.run(lockName(userId), () => Sealer.open(database))
    return new MachineCore(platform, database, api, host, userId, deviceId, sealer)
  }

  /** Runs short work without requests, while no other tab changes what is stored. Does not nest. */
  lock<R>(work: () => Promise<R>): Promise<R> {
    return this.platform.locks.run(lockName(this.userId), work, this.stopping.signal)
  }

  /** Runs work that makes requests, one such work at a time over all tabs. `lock` may be taken within, never the other way round. */
  requests<R>(work: () => Promise<R>): Promise<R> {
    return this.platform.locks.run(`martlet:encryption:requests:${this.userId}`, work, this.stopping.signal)
  }

  read<R>(stores: readonly string[], work: (transaction: Transaction) => Promise<R>): Promise<R> {
    return this.database.transaction(stores, "read", work)
  }

  write<R>(stores: readonly string[], work: (transaction: Transaction) => Promise<R>): Promise<R> {
    return this.database.transaction(stores, "write", work)
  }

  now(): number {
    return this.platform.clock.now()
  }

  newID(): string {
    return newTransactionID(this.platform.crypto, this.now())
  }

  log(level: "debug" | "info" | "warning" | "error", message: string, facts?: Record<string, unknown>) {
    this.platform.log(level, message, facts)
  }

  onDevicesChanged(listener: (users: readonly UserID[]) => void): () => void {
    return subscribe(this.deviceListeners, listener)
  }

  devicesChanged(users: readonly UserID[]) {
    if (users.length === 0) return
    this.tell({ kind: "devices", users })
  }

  /** `wait`: whether they wait to be backed up. */
  onSessionsChanged(listener: (sessions: readonly { room: RoomID; sessionId: string }[], wait: boolean) => void): () => void {
    return subscribe(this.sessionListeners, listener)
  }

  sessionsChanged(sessions: readonly { room: RoomID; sessionId: string }[], wait: boolean) {
    if (sessions.length === 0) return
    this.tell({ kind: "sessions", sessions: sessions.map(({ room, sessionId }) => ({ room, sessionId })), wait })
  }

  get isStopped(): boolean {
    return this.stopping.signal.aborted
  }

  get stopSignal(): AbortSignal {
    return this.stopping.signal
  }

  stop() {
    this.stopping.abort()
    this.channel.close()
  }

  private tell(notice: Notice) {
    if (this.isStopped) return
    this.channel.post(notice)
    this.spread(notice)
  }

  private spread(notice: Notice) {
    if (notice.kind === "devices") for (const listener of [...this.deviceListeners]) listener(notice.users)
    else for (const listener of [...this.sessionListeners]) listener(notice.sessions, notice.wait)
  }

  private hear(message: unknown) {
    const notice = asObject(message)
    if (notice?.["kind"] === "devices") this.spread({ kind: "devices", users: asStrings(notice["users"]) })
    if (notice?.["kind"] !== "sessions" || !Array.isArray(notice["sessions"])) return
    const sessions = notice["sessions"].map((one) => ({ room: asString(asObject(one)?.["room"]) ?? "", sessionId: asString(asObject(one)?.["sessionId"]) ?? "" }))
    this.spread({ kind: "sessions", sessions, wait: notice["wait"] === true })
  }
}

function lockName(userId: UserID): string {
  return `martlet:encryption:${userId}`
}

/** Adds a listener; the answer takes it away. */
export function subscribe<L>(listeners: Set<L>, listener: L): () => void {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}
