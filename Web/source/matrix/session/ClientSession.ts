import { announce, batch, derived, Value, when } from "../base/observable"
import type { Observable } from "../base/observable"
import { newTransactionID, randomText } from "../base/identifiers"
import { path } from "../base/path"
import { asObject, asString, asStrings } from "../base/read"
import type { JSONObject, JSONValue } from "../base/read"
import { ClientAPI, isTemporary } from "../api/ClientAPI"
import type { Encryption } from "../contract/encryption"
import type { RoomID, UserID } from "../contract/events"
import type { Platform, Transaction } from "../contract/platform"
import type { Room, RoomSummary } from "../contract/room"
import { MatrixError } from "../contract/session"
import type { AccountRecord, IncomingNotification, OutboxEntry, Presence, Profile, RoomPreview, SearchPage, SearchQuery, Session, SyncStatus } from "../contract/session"
import { MediaStore } from "../media/MediaStore"
import { Decryptor } from "../rooms/Decryptor"
import { Outbox } from "../rooms/Outbox"
import { PushRules } from "../rooms/PushRules"
import { RoomModel } from "../rooms/RoomModel"
import type { SessionCore } from "../rooms/SessionCore"
import type { AccountDataRecord, RoomRecord } from "../store/records"
import type { SessionDatabase } from "../store/SessionDatabase"
import { startingWith } from "../store/stores"
import type { RoomChange } from "../store/writeUpdate"
import { forgetHistory } from "../store/history"
import type { Interest } from "../sync/slidingRequest"
import { AccountData } from "./AccountData"
import type { AccountList } from "./AccountList"
import { People } from "./People"
import { previewRoom } from "./previewRoom"
import { SyncRunner } from "./SyncRunner"
import { TabLink } from "./TabLink"
import type { TabMessage } from "./TabLink"
import { Housekeeping } from "./Housekeeping"
import { MessageSearcher } from "./MessageSearcher"
import { noEncryption } from "./NoEncryption"
import { EncryptionGate } from "./EncryptionGate"
import { backoff } from "../base/backoff"

/** A signed-in account: its rooms, what keeps them current, and what can be done with them. */
export class ClientSession implements Session, SessionCore {
  readonly userId: UserID
  readonly deviceId: string
  readonly me: UserID
  readonly status = new Value<SyncStatus>({ kind: "starting" })
  readonly storage: Observable<"kept" | "lost">
  readonly api: ClientAPI
  readonly media: MediaStore
  readonly outbox: Outbox & Observable<readonly OutboxEntry[]>
  readonly ignoredUsers: Observable<ReadonlySet<UserID>>
  readonly encryption = new EncryptionGate()
  readonly decryptor = new Decryptor(this.encryption)
  readonly data: AccountData
  private readonly models = new Map<RoomID, RoomModel>()
  private readonly roomListeners = new Set<() => void>()
  private summaries: readonly RoomSummary[] | undefined
  private readonly people: People
  readonly link: TabLink
  private readonly sync: SyncRunner
  readonly searcher: MessageSearcher
  private rules: PushRules
  private direct = new Map<RoomID, readonly UserID[]>()
  private readonly notificationListeners = new Set<(notification: IncomingNotification) => void>()
  private readonly ends: (() => void)[] = []
  private readonly ended = new AbortController()
  private isStopped = false
  private myPresence: "online" | "unavailable" | "offline" = "online"

  constructor(
    readonly platform: Platform, readonly account: AccountRecord, private readonly accounts: AccountList, readonly database: SessionDatabase,
    private readonly createEncryption: () => Promise<Encryption>,
  ) {
    this.userId = this.me = account.userId
    this.deviceId = account.deviceId
    this.storage = database.state
    this.api = new ClientAPI(platform, account.homeserver, accounts.credentials(account, (soft) => this.status.set({ kind: "signed-out", soft })))
    this.data = new AccountData(this.api, account.userId)
    this.rules = new PushRules(undefined, this.me)
    this.people = new People(platform, this.api, (stores, mode, work) => this.transaction(stores, mode, work))
    this.media = new MediaStore(this.api, () => this.encryption)
    this.link = new TabLink(platform, account.userId, randomText(platform.crypto, 12), () => this.sync.interrupt())
    this.sync = new SyncRunner(this)
    this.searcher = new MessageSearcher(this)
    const outbox = new Outbox({
      platform, api: this.api, userId: account.userId, media: this.media, encryption: () => this.encryption,
      isEncrypted: (room) => this.models.get(room)?.record.encryption !== undefined,
      transaction: (stores, mode, work) => this.transaction(stores, mode, work), post: (message) => this.link.post(message),
    })
    outbox.onChange((room) => this.models.get(room)?.outboxChanged())
    const entries = derived([outbox.entries], () => outbox.entries.get().flatMap((item): OutboxEntry[] => {
      const event = this.models.get(item.record.room)?.outgoing(item)
      return event === undefined ? [] : [{ room: item.record.room, key: item.record.key, event }]
    }))
    this.outbox = Object.assign(outbox, { get: () => entries.get(), subscribe: (listener: () => void) => entries.subscribe(listener) })
    const ignored = this.data.observe("m.ignored_user_list")
    this.ignoredUsers = derived([ignored], () => new Set(Object.keys(asObject(ignored.get()?.["ignored_users"]) ?? {})), sameSet)
    this.ends.push(this.decryptor.onClear((room, event, clear) => this.searcher.learn(room, event, clear)))
    this.ends.push(this.decryptor.onRetry((room, ids) => this.models.get(room)?.retryDecryption(ids)))
    this.data.on("m.push_rules", () => this.rulesChanged())
    this.data.on("m.direct", () => this.directChanged())
    this.data.on("m.ignored_user_list", () => batch(() => this.models.forEach((room) => room.ignoredChanged())))
    this.link.listen((message) => this.tabSaid(message))
  }

  // Opening and closing.

  /** Shows what the store has: everything that there is without a network. */
  async load() {
    const [records, data] = await this.transaction(["rooms", "accountData"], "read", (transaction) => Promise.all([
      transaction.list<RoomRecord>("rooms"), transaction.list<AccountDataRecord>("accountData"),
    ]))
    batch(() => {
      this.data.apply(data)
      for (const record of records) if (!this.models.has(record.id)) this.models.set(record.id, new RoomModel(this, record))
      this.roomsChanged()
    })
    void this.openEncryption(this.createEncryption)
    await this.loadSpaces(records)
    await this.outbox.load()
  }

  /** Servers are drawn from their state at once. */
  private async loadSpaces(records: readonly RoomRecord[]) {
    const spaces = records.filter((record) => record.type === "m.space")
    const stored = await this.transaction(["state"], "read", (transaction) => Promise.all(spaces.map((space) => transaction.get<{ id: RoomID; events: never[] }>("state", space.id))))
    batch(() => {
      for (const record of stored) if (record !== undefined) this.models.get(record.id)?.data.fillState(record.events)
    })
  }

  /** Opens what encrypts, and tries for as long as only the network is in the way. */
  private async openEncryption(createEncryption: () => Promise<Encryption>) {
    for (let attempt = 0; !this.ended.signal.aborted; attempt += 1) {
      try {
        const encryption = await createEncryption()
        if (this.ended.signal.aborted) await encryption.stop()
        else this.encryption.open(encryption)
        return
      } catch (error) {
        if (this.ended.signal.aborted) return
        this.platform.log("error", "encryption could not be opened", { error: error instanceof Error ? error.message : String(error) })
        // Without encryption everything else still works; encrypted rooms say what is wrong.
        if (!isTemporary(error)) return this.encryption.open(noEncryption)
      }
      await this.platform.clock.sleep(backoff(attempt), this.ended.signal).catch(() => undefined)
    }
  }

  start() {
    this.link.post({ kind: "hello" })
    this.sync.start()
    this.ends.push(this.database.state.subscribe(() => this.sync.restart()))
    void this.decryptLastMessages()
    const housekeeping = new Housekeeping(this)
    housekeeping.start()
    this.ends.push(() => housekeeping.stop())
    const timer = setInterval(() => this.people.refreshPresence(), 60_000)
    this.ends.push(() => clearInterval(timer))
  }

  async stop() {
    if (this.isStopped) return
    this.isStopped = true
    this.ended.abort()
    for (const end of this.ends) end()
    for (const room of this.models.values()) room.close()
    await this.sync.stop()
    await this.outbox.stop()
    await this.searcher.index.close()
    await this.encryption.stop()
    this.media.close()
    this.link.close()
    this.database.close()
  }

  async signOut() {
    try {
      await this.api.post("/_matrix/client/v3/logout")
    } catch (error) {
      // A token that is void already is signed out.
      if (!(error instanceof MatrixError) || error.code !== "M_UNKNOWN_TOKEN") throw error
    }
    await this.stop()
    await this.platform.deleteDatabase(databaseName(this.account))
    this.accounts.remove(this.userId)
  }

  /** The keys of this device are gone: it can never read again what is sent to it, so it is signed out. */
  keysLost() {
    this.sync.end()
    this.api.post("/_matrix/client/v3/logout").catch((error: unknown) => this.platform.log("warning", "a device without keys could not be signed out", { error: String(error) }))
      .finally(() => this.status.set({ kind: "signed-out", soft: false }))
  }

  /** Last messages of encrypted rooms become readable one after the other, the newest rooms first. */
  private async decryptLastMessages() {
    const rooms = [...this.models.values()].filter((room) => room.record.lastEvent?.type === "m.room.encrypted")
    rooms.sort((a, b) => b.record.lastActivity - a.record.lastActivity)
    for (const room of rooms.slice(0, 200)) {
      if (this.isStopped) return
      await room.decryptLast().catch(() => undefined)
    }
  }

  // What the sync and other tabs bring.

  /** Shows what was written; everything at once. */
  applyChanges(rooms: readonly RoomChange[], accountData: readonly AccountDataRecord[], presence: readonly { readonly userId: UserID; readonly content: JSONObject }[]) {
    batch(() => {
      this.data.apply(accountData)
      for (const { userId, content } of presence) this.people.receivePresence(userId, content)
      for (const change of rooms) {
        const room = this.models.get(change.record.id)
        if (room === undefined) {
          const made = new RoomModel(this, { ...change.record })
          this.models.set(change.record.id, made)
          made.apply(change)
        } else room.apply(change)
        if (change.record.encryption !== undefined) {
          for (const event of change.added) {
            const target = event.type === "m.room.redaction" ? event.redacts ?? asString(event.content["redacts"]) : undefined
            if (target !== undefined) this.searcher.forget(change.record.id, target)
          }
        }
        if (change.record.encryption !== undefined && (change.members.length > 0 || change.state.some((event) => event.type === "m.room.encryption"))) {
          this.encryption.roomChanged(change.record.id, change.record.encryption)
        }
        if (change.record.lastEvent?.type === "m.room.encrypted" && change.added.length > 0) void this.models.get(change.record.id)?.decryptLast()
      }
      this.roomsChanged()
    })
  }

  private tabSaid(message: TabMessage) {
    switch (message.kind) {
      case "update":
        this.applyChanges(message.rooms, message.accountData, message.presence)
        break
      case "status":
        if (!this.sync.isLeading) this.status.set(message.status)
        break
      case "records":
        batch(() => message.records.forEach((record) => this.models.get(record.id)?.setRecord(record)))
        break
      case "removed":
        this.forgetModel(message.room)
        break
      case "hello":
        if (this.sync.isLeading) this.link.post({ kind: "status", status: this.status.get() })
        break
      case "interests":
      case "gone":
        break
      default:
        this.outbox.receive(message)
    }
  }

  /** Who invited this account to a room that it is in. */
  inviterOf(room: RoomID): { readonly userId: UserID; readonly joinedAt: number } | undefined {
    const record = this.models.get(room)?.record
    return record?.invitedBy === undefined ? undefined : { userId: record.invitedBy.userId, joinedAt: record.invitedBy.joinedAt }
  }

  model(id: RoomID): RoomModel | undefined {
    return this.models.get(id)
  }

  allModels(): Iterable<RoomModel> {
    return this.models.values()
  }

  notify(notification: IncomingNotification) {
    for (const listener of [...this.notificationListeners]) listener(notification)
  }

  private rulesChanged() {
    this.rules = new PushRules(this.data.get("m.push_rules"), this.me)
    batch(() => this.models.forEach((room) => room.refreshSummary()))
  }

  private directChanged() {
    const direct = new Map<RoomID, UserID[]>()
    for (const [userId, rooms] of Object.entries(this.data.get("m.direct") ?? {})) {
      for (const room of asStrings(rooms)) direct.set(room, [...(direct.get(room) ?? []), userId])
    }
    const before = this.direct
    this.direct = direct
    batch(() => {
      for (const room of new Set([...before.keys(), ...direct.keys()])) {
        if (before.get(room)?.join() !== direct.get(room)?.join()) this.models.get(room)?.refreshSummary()
      }
    })
  }

  // For the rooms.

  pushRules() {
    return this.rules
  }

  transaction<R>(stores: readonly string[], mode: "read" | "write", work: (transaction: Transaction) => Promise<R>): Promise<R> {
    return this.database.transaction(stores, mode, work)
  }

  interest(room: RoomID, interest: Interest) {
    return this.link.want(room, interest)
  }

  directUsers(room: RoomID): readonly UserID[] {
    return this.direct.get(room) ?? []
  }

  summaryChanged() {
    this.roomsChanged()
  }

  recordChanged(room: RoomID) {
    const record = this.models.get(room)?.record
    if (record !== undefined) this.link.post({ kind: "records", records: [record] })
  }

  newTransactionID() {
    return newTransactionID(this.platform.crypto, this.platform.clock.now())
  }

  async removeRoom(room: RoomID) {
    await this.transaction(["rooms", "state", "members", "segments", "events", "receipts"], "write", async (transaction) => {
      transaction.delete("rooms", room)
      transaction.delete("state", room)
      transaction.deleteRange("members", startingWith(room))
      transaction.deleteRange("receipts", startingWith(room))
      forgetHistory(transaction, room)
    })
    this.forgetModel(room)
    this.link.post({ kind: "removed", room })
  }

  private forgetModel(room: RoomID) {
    this.models.delete(room)
    this.roomsChanged()
  }

  async setDirect(room: RoomID, users: readonly UserID[]) {
    const content: JSONObject = { ...this.data.get("m.direct") }
    for (const userId of users) content[userId] = [...new Set([...asStrings(content[userId]), room])]
    await this.data.set("m.direct", content)
  }

  // The session's own.

  readonly rooms: Observable<readonly RoomSummary[]> = {
    get: () => (this.summaries ??= [...this.models.values()].map((room) => room.summary.get())),
    subscribe: (listener) => {
      const own = () => listener()
      this.roomListeners.add(own)
      return () => {
        this.roomListeners.delete(own)
      }
    },
  }

  private roomsChanged() {
    this.summaries = undefined
    announce(this.roomListeners)
  }

  room(id: RoomID): Room | undefined {
    return this.models.get(id)
  }

  async waitForRoom(id: RoomID, signal?: AbortSignal): Promise<Room> {
    await when(this.rooms, () => this.models.get(id)?.record.membership === "join", signal)
    const room = this.models.get(id)
    if (room === undefined) throw new MatrixError("M_NOT_FOUND", "There is no such room.", 404)
    return room
  }

  preview(idOrAlias: string, via: readonly string[] = []): Promise<RoomPreview> {
    return previewRoom(this.api, idOrAlias, via)
  }

  async join(idOrAlias: string, via: readonly string[] = [], reason?: string): Promise<RoomID> {
    const known = this.models.get(idOrAlias)
    const direct = known?.record.isInvitedDirect === true && known.record.membership === "invite" ? known.record.inviter : undefined
    const answer = await this.api.post(path`/_matrix/client/v3/join/${idOrAlias}`, reason === undefined ? {} : { reason }, { via, server_name: via })
    const room = asString(answer["room_id"]) ?? idOrAlias
    if (direct !== undefined) await this.setDirect(room, [direct])
    return room
  }

  async knock(idOrAlias: string, via: readonly string[] = [], reason?: string): Promise<RoomID> {
    const answer = await this.api.post(path`/_matrix/client/v3/knock/${idOrAlias}`, reason === undefined ? {} : { reason }, { via, server_name: via })
    return asString(answer["room_id"]) ?? idOrAlias
  }

  async createRoom(options: JSONObject): Promise<RoomID> {
    const room = asString((await this.api.post("/_matrix/client/v3/createRoom", options))["room_id"])
    if (room === undefined) throw new MatrixError("M_UNKNOWN", "The server named no room.", 200)
    return room
  }

  async directRoom(userIds: readonly UserID[]): Promise<RoomID> {
    const wanted = [...new Set(userIds)].filter((userId) => userId !== this.me).sort()
    for (const [room, users] of this.direct) {
      const record = this.models.get(room)?.record
      if (record?.membership === "join" && [...users].sort().join() === wanted.join() && (wanted.length > 1 || record.joinedCount + record.invitedCount <= 2)) return room
    }
    const room = await this.createRoom({
      preset: "trusted_private_chat", is_direct: true, invite: wanted, visibility: "private",
      initial_state: [{ type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } }, { type: "m.room.guest_access", state_key: "", content: { guest_access: "forbidden" } }],
    })
    await this.setDirect(room, wanted)
    return room
  }

  profile(userId: UserID): Observable<Profile> {
    return this.people.profile(userId)
  }

  presence(userId: UserID): Observable<Presence> {
    return this.people.presence(userId)
  }

  async setProfileField(field: string, value: JSONValue | null) {
    const place = path`/_matrix/client/v3/profile/${this.me}/${field}`
    if (value === null && field !== "displayname" && field !== "avatar_url") await this.api.delete(place)
    else await this.api.put(place, { [field]: value ?? "" })
    await this.people.refresh(this.me)
  }

  async setPresence(state: "online" | "unavailable" | "offline", statusMessage?: string) {
    this.myPresence = state
    await this.api.put(path`/_matrix/client/v3/presence/${this.me}/status`, statusMessage === undefined ? { presence: state } : { presence: state, status_msg: statusMessage })
    this.people.receivePresence(this.me, statusMessage === undefined ? { presence: state } : { presence: state, status_msg: statusMessage })
    this.sync.interrupt()
  }

  get presenceState() {
    return this.myPresence
  }

  async setIgnored(userId: UserID, isIgnored: boolean) {
    const ignored: JSONObject = { ...asObject(this.data.get("m.ignored_user_list")?.["ignored_users"]) }
    if (isIgnored) ignored[userId] = {}
    else delete ignored[userId]
    await this.data.set("m.ignored_user_list", { ...this.data.get("m.ignored_user_list"), ignored_users: ignored })
  }

  accountData(type: string): Observable<JSONObject | undefined> {
    return this.data.observe(type)
  }

  accountDataNow(type: string): JSONObject | undefined {
    return this.data.get(type)
  }

  setAccountData(type: string, content: JSONObject) {
    return this.data.set(type, content)
  }

  onNotification(listener: (notification: IncomingNotification) => void) {
    this.notificationListeners.add(listener)
    return () => {
      this.notificationListeners.delete(listener)
    }
  }

  search(query: SearchQuery): Promise<SearchPage> {
    return this.searcher.search(query)
  }
}

/** The database of an account on this device. */
export function databaseName(account: AccountRecord): string {
  return `martlet:${account.userId}:${account.deviceId}`
}

function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((one) => b.has(one))
}

