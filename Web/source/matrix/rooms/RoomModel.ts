import { KeyedObservable } from "../base/KeyedObservable"
import { batch, derived, Value } from "../base/observable"
import type { Observable } from "../base/observable"
import { path } from "../base/path"
import { asObject, asString, asStrings } from "../base/read"
import type { JSONObject } from "../base/read"
import type { EventID, MatrixEvent, UserID } from "../contract/events"
import type { Member, OutgoingFile, Permissions, Receipt, Room, RoomSummary, SendOptions } from "../contract/room"
import type { Timeline, TimelineEvent, TimelineScope } from "../contract/timeline"
import type { MemberRecord, RoomRecord } from "../store/records"
import type { RoomChange } from "../store/writeUpdate"
import { readEvents } from "../sync/readEvents"
import { isTemporary } from "../api/ClientAPI"
import type { Clear } from "./Clear"
import type { OutboxItem } from "./Outbox"
import { RelationLoader } from "./RelationLoader"
import { RoomData } from "./RoomData"
import { RoomActions } from "./RoomActions"
import { RoomEvents } from "./RoomEvents"
import { RoomHistory } from "./RoomHistory"
import { ReadMarker } from "./ReadMarker"
import { RoomSender } from "./RoomSender"
import { RoomTimeline } from "./RoomTimeline"
import type { SessionCore } from "./SessionCore"
import { summarize } from "./summary"
import { timelineEvent } from "./timelineEvent"
import type { RuleVerdict } from "./PushRules"

/** A room of this account. */
export class RoomModel extends RoomActions implements Room {
  readonly summary: Value<RoomSummary>
  readonly typing = new Value<readonly UserID[]>([])
  readonly permissions: Observable<Permissions>
  readonly readUpTo: Observable<EventID | undefined>
  /** State, members and receipts. */
  readonly data: RoomData
  private readonly recordValue: Value<RoomRecord>
  private readonly accountDataValues = new KeyedObservable<string, JSONObject | undefined>((type) => this.record.accountData[type])
  private readonly singleEvents = new KeyedObservable<EventID, TimelineEvent | undefined>((id) => this.known?.view(id), (id) => void this.bringEvent(id))
  private readonly history: RoomHistory
  private readonly sender: RoomSender
  private readonly marker: ReadMarker
  private showing: Promise<void> = Promise.resolve()
  private release: ReturnType<typeof setTimeout> | undefined
  private known: RoomEvents | undefined
  private relations: RelationLoader | undefined
  private readonly timelines = new Set<RoomTimeline>()
  private readonly missing = new Set<EventID>()
  private lastMessage: { event: MatrixEvent; view: TimelineEvent } | undefined
  private typingSent = { isTyping: false, at: 0 }

  constructor(core: SessionCore, record: RoomRecord) {
    super(core, record.id)
    this.recordValue = new Value(record)
    this.history = new RoomHistory(core, record.id, (members) => this.data.members.apply(members, true))
    this.sender = new RoomSender(core, { id: record.id, view: (id) => this.known?.view(id), replies: (root) => this.known?.replies(root) ?? [] })
    this.marker = new ReadMarker(core, this.calls, (change) => this.changeRecord(change))
    this.data = new RoomData(core, { record: () => this.record, changeRecord: (change, stores) => this.changeRecord(change, stores) })
    this.summary = new Value(this.summarized())
    this.permissions = derived([this.data.state.version, this.recordValue], () => this.data.levels().permissions(core.me, this.record.membership === "join"))
    this.readUpTo = derived([this.recordValue], () => this.record.ownReceipt?.eventId ?? asString(this.record.accountData["m.fully_read"]?.["event_id"]))
  }

  get record(): RoomRecord {
    return this.recordValue.get()
  }

  // What the sync and the store bring.

  /** Takes over what the sync wrote. */
  apply(change: RoomChange) {
    const before = this.record
    this.recordValue.set(change.record)
    if (change.state.length > 0 || change.isStateReplaced) this.data.state.apply(change.state, change.isStateReplaced)
    if (change.members.length > 0) this.data.members.apply(change.members)
    if (change.receipts.length > 0) this.data.receipts.apply(change.receipts)
    if (change.typing !== undefined) this.typing.set(change.typing.filter((userId) => userId !== this.core.me))
    if (change.state.some((event) => event.type === "m.room.power_levels" || event.type === "m.room.create")) this.data.members.levelsChanged()
    if (change.state.some((event) => event.type === "m.room.pinned_events")) for (const timeline of this.timelines) timeline.pinnedChanged()
    if (before.accountData !== change.record.accountData) {
      for (const type of new Set([...Object.keys(before.accountData), ...Object.keys(change.record.accountData)])) this.accountDataValues.changed(type)
    }
    this.data.isStateLoaded.set(change.record.isStateComplete)
    if (!change.record.areMembersComplete && this.areMembersLoaded.get()) {
      this.data.membersBecameIncomplete()
      if (this.timelines.size > 0) void this.loadMembers().catch((error: unknown) => this.report("members", error))
    }
    for (const event of change.added) {
      const transaction = event.sender === this.core.me ? asString(event.unsigned?.["transaction_id"]) : undefined
      if (transaction === undefined) continue
      if (this.known === undefined) this.core.outbox.arrived(transaction)
    }
    if (change.hasGap) this.core.outbox.forgetSent(this.id)
    if (this.known !== undefined && change.added.length > 0) {
      const known = this.known
      // In order, also where the first has to be decrypted and the second has not.
      this.showing = this.showing.then(() => this.showAdded(known, change)).catch((error: unknown) => this.report("news", error))
    }
    this.refreshSummary()
  }

  private async showAdded(known: RoomEvents, change: RoomChange) {
    await known.take(change.added)
    batch(() => {
      for (const timeline of this.timelines) void timeline.live(change.added, change.hasGap)
      for (const event of change.added) {
        const transaction = event.sender === this.core.me ? asString(event.unsigned?.["transaction_id"]) : undefined
        if (transaction !== undefined) this.core.outbox.arrived(transaction)
        this.singleEvents.changed(event.event_id)
      }
    })
  }

  /** Takes over a record that this or another tab changed. */
  setRecord(record: RoomRecord) {
    const before = this.record
    this.recordValue.set(record)
    for (const type of Object.keys(record.accountData)) if (before.accountData[type] !== record.accountData[type]) this.accountDataValues.changed(type)
    this.refreshSummary()
  }

  refreshSummary() {
    const next = this.summarized()
    this.summary.set(next)
    this.core.summaryChanged(this.id)
  }

  private summarized(): RoomSummary {
    const record = this.record
    return summarize(record, {
      directUsers: this.core.directUsers(record.id), notifications: this.core.pushRules().level(record.id), lastMessage: this.lastView(record),
      member: (hero) => this.heroOf(hero),
    })
  }

  private heroOf(hero: MemberRecord): Member {
    const record = this.data.members.record(hero.userId) ?? hero
    return { userId: hero.userId, membership: record.membership, displayName: record.displayName, avatar: record.avatar, powerLevel: 0, isAmbiguous: false, reason: undefined }
  }

  private lastView(record: RoomRecord): TimelineEvent | undefined {
    const event = record.lastEvent
    if (event === undefined || this.core.ignoredUsers.get().has(event.sender)) return undefined
    const inTimeline = this.known?.view(event.event_id)
    if (inTimeline !== undefined) return inTimeline
    const clear = this.core.decryptor.now(event)
    if (this.lastMessage?.event === event && (clear === undefined || this.lastMessage.view.encryption === clear.encryption)) return this.lastMessage.view
    const shown: Clear = clear ?? { type: event.type, content: event.content, encryption: { kind: "undecryptable", reason: "waiting", detail: "" } }
    const view = this.plainView(event, shown, false)
    this.lastMessage = { event, view }
    return view
  }

  private plainView(event: MatrixEvent, clear: Clear, mentionsMe: boolean): TimelineEvent {
    return timelineEvent(event, clear, {
      me: this.core.me, key: event.event_id, id: event.event_id, sending: { kind: "received" }, relations: undefined, thread: undefined,
      mentionsMe, isBeingRedacted: false, isHidden: () => false, mayRedact: () => false,
    })
  }

  /** Makes the last message readable for the list. */
  async decryptLast() {
    const event = this.record.lastEvent
    if (event === undefined || this.core.decryptor.now(event) !== undefined) return
    await this.core.decryptor.decrypt(this.id, event)
    this.refreshSummary()
  }

  retryDecryption(ids: readonly EventID[]) {
    void this.known?.retry(ids).then(() => this.refreshSummary())
    const last = this.record.lastEvent
    if (this.known === undefined && last !== undefined && ids.includes(last.event_id)) void this.decryptLast()
  }

  ignoredChanged() {
    this.known?.touchAll()
    for (const timeline of this.timelines) timeline.rebuild()
    this.refreshSummary()
  }

  /** An entry of the outbox as a timeline shows it. */
  outgoing(item: OutboxItem): TimelineEvent {
    const { record } = item
    const event: MatrixEvent = { event_id: item.eventId ?? record.key, type: record.type, sender: this.core.me, origin_server_ts: record.timestamp, content: record.content }
    return { ...this.plainView(event, { type: record.type, content: record.content, encryption: { kind: "none" }, isOutgoing: true }, false), key: record.key, id: item.eventId, sending: item.state }
  }

  outboxChanged() {
    this.known?.setOutbox(this.core.outbox.of(this.id))
  }

  // State, members, receipts and account data.

  get isStateLoaded() {
    return this.data.isStateLoaded
  }

  get areMembersLoaded() {
    return this.data.areMembersLoaded
  }

  loadState() {
    return this.data.loadState()
  }

  state(type: string, key = ""): Observable<JSONObject | undefined> {
    void this.data.loadStoredState()
    return this.data.state.observe(type, key)
  }

  stateOf(type: string): Observable<ReadonlyMap<string, MatrixEvent>> {
    void this.data.loadStoredState()
    return this.data.state.observeType(type)
  }

  get members(): Observable<readonly Member[]> {
    return this.data.members.all
  }

  member(userId: UserID): Observable<Member> {
    return this.data.members.observe(userId)
  }

  loadMembers() {
    return this.data.loadMembers()
  }

  get receipts(): Observable<ReadonlyMap<EventID, readonly Receipt[]>> {
    return this.data.receipts.all
  }

  accountData(type: string): Observable<JSONObject | undefined> {
    return this.accountDataValues.of(type)
  }

  async setAccountData(type: string, content: JSONObject) {
    await this.changeRecord(async (record) => ({ ...record, accountData: { ...record.accountData, [type]: content } }))
    await this.calls.setAccountData(type, content)
  }

  // Timelines.

  open(scope: TimelineScope = { kind: "live" }): Timeline {
    const events = this.loadedEvents()
    const end = this.core.interest(this.id, scope.kind === "pinned" ? "state" : "timeline")
    const timeline = new RoomTimeline(this.core, {
      id: this.id, events, history: this.history, relations: (this.relations ??= new RelationLoader(this.core, this.id, events)), liveSegment: () => this.record.liveSegment,
      pinned: () => asStrings(this.data.state.content("m.room.pinned_events")?.["pinned"]),
      observeEvent: (id) => this.singleEvents.of(id),
      closed: (closed) => {
        end()
        this.timelines.delete(closed)
        this.releaseLater()
      },
    }, scope)
    this.timelines.add(timeline)
    clearTimeout(this.release)
    void this.data.loadStoredMembers()
    return timeline
  }

  /** What nobody looks at for a while leaves the memory; the store has it. */
  private releaseLater() {
    clearTimeout(this.release)
    this.release = setTimeout(() => {
      if (this.timelines.size > 0 || this.singleEvents.isAnyWatched) return
      this.known = undefined
      this.relations = undefined
      this.missing.clear()
    }, 300_000)
  }

  /** Whether somebody looks at its events. */
  get isOpen(): boolean {
    return this.known !== undefined
  }

  /** The session ends. */
  close() {
    for (const timeline of [...this.timelines]) timeline.close()
    this.data.close()
    clearTimeout(this.release)
  }

  private loadedEvents(): RoomEvents {
    if (this.known !== undefined) return this.known
    const events = new RoomEvents(this.core, {
      id: this.id, mentions: (event, clear) => this.verdict(event, clear).isHighlight,
      mayRedact: (userId) => this.data.levels().levelOf(userId) >= this.data.levels().to("redact"),
    })
    events.onChange((changed) => {
      for (const id of changed) this.singleEvents.changed(id)
      const last = this.record.lastEvent
      if (last !== undefined && changed.has(last.event_id)) this.refreshSummary()
    })
    this.known = events
    events.setOutbox(this.core.outbox.of(this.id))
    return events
  }

  /** What the push rules say of an event of this room. */
  verdict(event: MatrixEvent, clear: Clear): RuleVerdict {
    const levels = this.data.levels()
    return this.core.pushRules().evaluate({ type: clear.type, sender: event.sender, stateKey: event.state_key, content: clear.content }, {
      id: this.id, joinedCount: this.record.joinedCount, myName: this.data.members.record(this.core.me)?.displayName ?? this.core.profile(this.core.me).get().displayName,
      mayNotify: (sender, key) => key === "room" && levels.levelOf(sender) >= levels.toNotifyRoom(),
    })
  }

  /** The event as a timeline would show it, for notifications. */
  viewOf(event: MatrixEvent, clear: Clear, mentionsMe: boolean): TimelineEvent {
    return this.known?.view(event.event_id) ?? this.plainView(event, clear, mentionsMe)
  }

  /** One event as a timeline would show it, wherever it is; undefined where it cannot be had. */
  async eventView(id: EventID): Promise<TimelineEvent | undefined> {
    const known = this.known?.view(id)
    if (known !== undefined) return known
    const event = await this.history.event(id)
    return event === undefined ? undefined : this.plainView(event, await this.core.decryptor.decrypt(this.id, event), false)
  }

  private async bringEvent(id: EventID) {
    if (this.known?.has(id) === true || this.missing.has(id)) return
    this.missing.add(id)
    try {
      const event = await this.history.event(id)
      if (event !== undefined) await this.loadedEvents().take([event])
      this.singleEvents.changed(id)
    } catch (error) {
      this.report("event", error)
      // Where there was no answer it is asked for again when somebody looks again.
      if (isTemporary(error)) this.missing.delete(id)
    }
  }

  async threads(from?: string) {
    const answer = await this.core.api.get(path`/_matrix/client/v1/rooms/${this.id}/threads`, { limit: 30, from })
    const events = readEvents(answer["chunk"])
    const known = this.loadedEvents()
    await known.take(events)
    return { roots: events.flatMap((event) => known.view(event.event_id) ?? []), next: asString(answer["next_batch"]) }
  }

  eventAt(timestamp: number, direction: "f" | "b") {
    return this.calls.eventAt(timestamp, direction)
  }

  async editsOf(id: EventID): Promise<readonly TimelineEvent[]> {
    const known = this.loadedEvents()
    let from: string | undefined
    for (let page = 0; page < 5; page += 1) {
      const answer = await this.core.api.get(path`/_matrix/client/v1/rooms/${this.id}/relations/${id}/m.replace`, { limit: 100, from })
      await known.take(readEvents(answer["chunk"]))
      from = asString(answer["next_batch"])
      if (from === undefined) break
    }
    const now = known.view(id)
    const clear = known.clearOf(id)
    const original = now === undefined || clear === undefined ? [] : [{ ...now, content: clear.content }]
    const edits = known.edits(id).flatMap((event) => {
      const view = known.view(event.event_id)
      return view === undefined ? [] : [{ ...view, content: asObject(view.content["m.new_content"]) ?? view.content }]
    })
    return [...original, ...edits]
  }

  // Sending.

  send(type: string, content: JSONObject, options: SendOptions = {}): string {
    return this.sender.send(type, content, options)
  }

  sendFile(file: OutgoingFile, content: JSONObject, options: SendOptions = {}): string {
    return this.sender.sendFile(file, content, options)
  }

  edit(id: EventID, newContent: JSONObject): string {
    return this.sender.edit(id, newContent)
  }

  redact(id: EventID, reason?: string): Promise<void> {
    return this.sender.redact(id, reason)
  }

  react(id: EventID, key: string, shortcode?: string): string {
    return this.sender.react(id, key, shortcode)
  }

  retry(key: string) {
    this.core.outbox.retry(key)
  }

  cancel(key: string) {
    this.core.outbox.cancel(key)
  }

  setTyping(isTyping: boolean) {
    const now = this.core.platform.clock.now()
    // "Typing" lasts for half a minute: said again only when that is nearly over.
    if (isTyping === this.typingSent.isTyping && (!isTyping || now - this.typingSent.at < 20_000)) return
    this.typingSent = { isTyping, at: now }
    this.calls.setTyping(isTyping).catch((error: unknown) => this.report("typing", error))
  }

  async markRead(upTo?: EventID, threadRoot?: EventID) {
    if (threadRoot === undefined) return this.marker.room(this.record, upTo)
    const replies = this.known?.replies(threadRoot) ?? []
    return this.marker.thread(this.record, threadRoot, upTo ?? replies[replies.length - 1] ?? threadRoot)
  }

  async markUnread(isUnread: boolean) {
    await this.setAccountData("m.marked_unread", { unread: isUnread })
  }

  /** Changes the record in the store, here and in the other tabs. */
  async changeRecord(change: (record: RoomRecord, transaction: Parameters<Parameters<SessionCore["transaction"]>[2]>[0]) => Promise<RoomRecord>, stores: readonly string[] = []) {
    const next = await this.core.transaction(["rooms", ...stores], "write", async (transaction) => {
      const record = (await transaction.get<RoomRecord>("rooms", this.id)) ?? this.record
      const changed = await change(record, transaction)
      transaction.put<RoomRecord>("rooms", changed)
      return changed
    })
    this.setRecord(next)
    this.core.recordChanged(this.id)
  }

  private report(what: string, error: unknown) {
    this.core.platform.log("warning", `a room's ${what} could not be had`, { room: this.id, error: String(error) })
  }
}

