import { batch, Value } from "../base/observable"
import type { Observable } from "../base/observable"
import { path } from "../base/path"
import { asString } from "../base/read"
import type { EventID, MatrixEvent } from "../contract/events"
import { MatrixError } from "../contract/session"
import type { EdgeState, Timeline, TimelineEvent, TimelineScope } from "../contract/timeline"
import { readEvents } from "../sync/readEvents"
import type { RelationLoader } from "./RelationLoader"
import type { RoomEvents } from "./RoomEvents"
import type { RoomHistory } from "./RoomHistory"
import type { SessionCore } from "./SessionCore"

/** What a timeline asks of its room. */
export interface TimelineHost {
  readonly id: string
  readonly events: RoomEvents
  readonly history: RoomHistory
  liveSegment(): number
  readonly relations: RelationLoader
  pinned(): readonly EventID[]
  observeEvent(id: EventID): Observable<TimelineEvent | undefined>
  closed(timeline: RoomTimeline): void
}

const firstPage = 50
const fillPages = 4

/** A view of a room's history: rows in order, each the same object until it changes. */
export class RoomTimeline implements Timeline {
  private readonly value = new Value<readonly TimelineEvent[]>([])
  readonly older = new Value<EdgeState>("loading")
  readonly newer = new Value<EdgeState>("end")
  /** Everything that was loaded, with what has no row. */
  private loaded: EventID[] = []
  private readonly known = new Set<EventID>()
  private rows: EventID[] = []
  private views: TimelineEvent[] = []
  /** Where the rows are: place minus the first one's is the index. */
  private places = new Map<EventID, number>()
  private firstPlace = 0
  private readonly thread: EventID | undefined
  private threadToken: string | undefined
  private isClosed = false
  /** While the rows are being made anew: news that came meanwhile, to be added after them. */
  private news: EventID[] | undefined = []
  private readonly ends: (() => void)[] = []
  /** Resolves when the first rows are there, or cannot be had. */
  readonly ready: Promise<void>

  constructor(private readonly core: SessionCore, private readonly host: TimelineHost, readonly scope: TimelineScope) {
    this.thread = scope.kind === "thread" ? scope.root : undefined
    this.ends.push(host.events.onChange((changed) => this.eventsChanged(changed)))
    if (scope.kind === "around") this.newer.set("loading")
    this.ready = this.begin().catch((error: unknown) => {
      this.core.platform.log("warning", "a timeline could not be opened", { error: String(error) })
      this.older.set("failed")
      if (scope.kind === "around") this.newer.set("failed")
    })
  }

  get events(): Observable<readonly TimelineEvent[]> {
    return this.value
  }

  event(id: EventID): Observable<TimelineEvent | undefined> {
    return this.host.observeEvent(id)
  }

  close() {
    if (this.isClosed) return
    this.isClosed = true
    for (const end of this.ends) end()
    this.host.closed(this)
  }

  /** Whether new events are added at its end. */
  get followsLive(): boolean {
    return this.scope.kind === "live" || (this.scope.kind === "around" && this.newer.get() === "end")
  }

  private async begin() {
    switch (this.scope.kind) {
      case "live": return this.beginLive()
      case "around": return this.beginAround(this.scope.eventId)
      case "thread": return this.beginThread(this.scope.root)
      case "pinned": return this.showPinned()
    }
  }

  private async beginLive() {
    const stored = await this.host.history.newestStored(this.host.liveSegment(), firstPage)
    await this.host.events.take(stored)
    this.append(stored.map((event) => event.event_id))
    this.addNews()
    this.older.set("idle")
    this.publish()
    if (this.rows.length < 15) await this.loadOlder()
  }

  private async beginAround(id: EventID) {
    const page = await this.host.history.around(id, firstPage)
    await this.host.events.take(page.events)
    this.append(page.events.map((event) => event.event_id))
    batch(() => {
      this.older.set(page.isEnd ? "end" : "idle")
      this.newer.set(page.isNewest ? "end" : "idle")
      if (page.isNewest) this.addNews()
      this.news = undefined
      this.publish()
    })
  }

  private async beginThread(root: EventID) {
    this.host.observeEvent(root).get()
    const first = this.host.events.raw(root) ?? (await this.host.history.event(root))
    if (first !== undefined) await this.host.events.take([first])
    this.append([root, ...this.host.events.replies(root)])
    this.publish()
    this.older.set("idle")
    await this.loadOlder()
  }

  private async showPinned() {
    const ids = this.host.pinned()
    await Promise.all(ids.map(async (id) => {
      if (this.host.events.has(id)) return
      const event = await this.host.history.event(id).catch(() => undefined)
      if (event !== undefined) await this.host.events.take([event])
    }))
    this.reset(ids)
    this.older.set("end")
    this.publish()
  }

  /** The room's pinned events changed. */
  pinnedChanged() {
    if (this.scope.kind === "pinned") void this.showPinned()
  }

  async loadOlder(count = firstPage) {
    if (this.isClosed || this.scope.kind === "pinned") return
    if (this.older.get() === "loading" && this.loaded.length > 0) return
    if (this.older.get() === "end") return
    this.older.set("loading")
    try {
      const isEnd = this.scope.kind === "thread" ? await this.olderReplies(this.scope.root, count) : await this.olderMessages(count)
      batch(() => {
        this.older.set(isEnd ? "end" : "idle")
        this.publish()
      })
    } catch (error) {
      this.core.platform.log("warning", "older messages could not be loaded", { error: String(error) })
      this.older.set("failed")
    }
  }

  async loadNewer(count = firstPage) {
    if (this.isClosed || this.scope.kind !== "around" || this.newer.get() === "end" || this.newer.get() === "loading") return
    const last = this.loaded[this.loaded.length - 1]
    if (last === undefined) return
    this.newer.set("loading")
    try {
      const page = await this.host.history.newer(last, count)
      await this.host.events.take(page.events)
      this.append(page.events.map((event) => event.event_id))
      batch(() => {
        this.newer.set(page.isEnd ? "end" : "idle")
        this.publish()
      })
    } catch (error) {
      this.core.platform.log("warning", "newer messages could not be loaded", { error: String(error) })
      this.newer.set("failed")
    }
  }

  private async olderMessages(count: number): Promise<boolean> {
    const before = this.rows.length
    // Pages may hold reactions and edits only: go on until there is something to see.
    for (let pages = 0; pages < 5; pages += 1) {
      const page = await this.host.history.older(this.loaded[0], this.host.liveSegment(), count)
      await this.host.events.take(page.events)
      this.prepend(page.events.map((event) => event.event_id))
      if (page.isEnd) return true
      if (page.events.length === 0) return false
      if (this.rows.length - before >= Math.min(count, 20)) return false
    }
    return false
  }

  private async olderReplies(root: EventID, count: number): Promise<boolean> {
    const answer = await this.core.api.get(path`/_matrix/client/v1/rooms/${this.host.id}/relations/${root}/m.thread`, { limit: count, from: this.threadToken, dir: "b", recurse: true })
    const events = readEvents(answer["chunk"]).reverse()
    this.threadToken = asString(answer["next_batch"])
    await this.host.events.take(events)
    // Also what others brought in the meantime: all known replies, in order of time.
    this.reset([root, ...this.host.events.replies(root)])
    return this.threadToken === undefined
  }

  /** New events at the live end. */
  async live(events: readonly MatrixEvent[], hasGap: boolean) {
    if (this.isClosed) return
    if (this.scope.kind === "thread") {
      const root = this.scope.root
      const fresh = this.host.events.replies(root).filter((id) => !this.known.has(id))
      if (fresh.length > 0) this.append(fresh)
      this.publish()
      return
    }
    if (!this.followsLive && this.news === undefined) return
    if (hasGap && this.loaded.length > 0) return this.fill()
    const ids = events.map((event) => event.event_id)
    if (this.news !== undefined) {
      this.news.push(...ids)
      return
    }
    this.append(ids)
    this.publish()
  }

  /** Closes the hole before the newest events, or begins anew after it where it is too large. */
  private async fill() {
    this.news ??= []
    try {
      await this.host.history.fill(this.host.liveSegment(), fillPages).catch((error: unknown) => {
        if (!(error instanceof MatrixError)) throw error
      })
      const stored = await this.host.history.newestStored(this.host.liveSegment(), this.loaded.length + fillPages * 60 + firstPage)
      const oldest = this.loaded[0]
      const joint = stored.findIndex((event) => event.event_id === oldest)
      const shown = joint >= 0 ? stored.slice(joint) : stored.slice(-firstPage)
      await this.host.events.take(shown)
      this.reset(shown.map((event) => event.event_id))
    } finally {
      batch(() => {
        this.older.set("idle")
        this.addNews()
        this.publish()
      })
    }
  }

  private addNews() {
    const news = this.news ?? []
    this.news = undefined
    this.append(news)
  }

  /** Rows may appear or vanish: ignored users changed. */
  rebuild() {
    this.reset(this.loaded)
    this.publish()
  }

  private reset(ids: readonly EventID[]) {
    this.loaded = []
    this.known.clear()
    this.rows = []
    this.views = []
    this.places = new Map()
    this.firstPlace = 0
    this.append(ids)
  }

  private append(ids: readonly EventID[]) {
    const first = this.rows.length
    for (const id of ids) {
      if (this.known.has(id)) continue
      this.known.add(id)
      this.loaded.push(id)
      const view = this.visible(id)
      if (view === undefined) continue
      this.places.set(id, this.firstPlace + this.rows.length)
      this.rows.push(id)
      this.views.push(view)
    }
    this.wantRelations(this.rows.slice(first))
  }

  /** What relates to rows, but lies where this timeline does not reach. */
  private wantRelations(rows: readonly EventID[]) {
    if (rows.length === 0) return
    this.host.relations.want(this.host.events.polls(rows), "m.reference")
    if (this.scope.kind === "pinned" || (this.scope.kind === "around" && this.newer.get() !== "end")) this.host.relations.want(rows, "m.annotation")
  }

  private prepend(ids: readonly EventID[]) {
    const fresh = ids.filter((id) => !this.known.has(id))
    const rows: EventID[] = []
    const views: TimelineEvent[] = []
    for (const id of fresh) {
      this.known.add(id)
      const view = this.visible(id)
      if (view === undefined) continue
      rows.push(id)
      views.push(view)
    }
    this.loaded = [...fresh, ...this.loaded]
    this.firstPlace -= rows.length
    rows.forEach((id, index) => this.places.set(id, this.firstPlace + index))
    this.rows = [...rows, ...this.rows]
    this.views = [...views, ...this.views]
    this.wantRelations(rows)
  }

  private visible(id: EventID): TimelineEvent | undefined {
    if (this.scope.kind !== "pinned" && this.host.events.isHidden(id, this.thread)) return undefined
    return this.host.events.view(id)
  }

  private eventsChanged(changed: ReadonlySet<EventID>) {
    if (this.isClosed) return
    let isHiddenNow = false
    for (const id of changed) {
      const place = this.places.get(id)
      if (place === undefined) continue
      const view = this.visible(id)
      if (view === undefined) isHiddenNow = true
      else this.views[place - this.firstPlace] = view
    }
    if (this.thread !== undefined) {
      const fresh = this.host.events.replies(this.thread).filter((id) => !this.known.has(id))
      if (fresh.length > 0 && this.loaded.length > 0) this.append(fresh)
    }
    if (isHiddenNow) this.reset(this.loaded)
    this.publish()
  }

  private publish() {
    const waiting = this.scope.kind === "pinned" || !(this.followsLive || this.scope.kind === "thread") ? [] : this.host.events.waiting(this.thread)
    const before = this.value.get()
    if (before.length === this.views.length + waiting.length) {
      const isSame = this.views.every((view, index) => before[index] === view) && waiting.every((view, index) => before[this.views.length + index] === view)
      if (isSame) return
    }
    this.value.set([...this.views, ...waiting])
  }
}

