import { batch, constant, Value, type Observable } from "../../matrix/base/observable"
import type { RoomID } from "../../matrix/contract/events"
import type { RoomSummary } from "../../matrix/contract/room"
import { compareOrder, compareText, type ChildLink } from "./order"
import type { RoomSource } from "./RoomSource"
import { SortedRooms, type Meter } from "./SortedRooms"
import { Space } from "./Space"
import { isSameUnread, nothingUnread, replaced, unreadOf, type UnreadSum } from "./unread"

/** A room as the index keeps it: with what it added to the sums, so that it can be taken out again. */
interface Known {
  summary: RoomSummary
  added: UnreadSum
  addedHome: UnreadSum
  /** What a change of would change the lists of its servers. */
  face: string
}

interface RecentKey { readonly time: number; readonly id: RoomID }
interface TagKey extends RecentKey { readonly order: number }
interface ServerKey { readonly order: string | undefined; readonly id: RoomID }

const byRecent = (a: RecentKey, b: RecentKey) => b.time - a.time || compareText(a.id, b.id)
const byTag = (a: TagKey, b: TagKey) => a.order - b.order || byRecent(a, b)
const byPlace = (a: ServerKey, b: ServerKey) => compareOrder(a.order, b.order) || compareText(a.id, b.id)

/**
 * All rooms of an account, sorted into the lists that the shell shows, with sums of what is unread.
 *
 * A change of one room costs a logarithmic number of comparisons and one addition for each space above it. Only a change of the
 * hierarchy walks through the spaces concerned.
 */
export class RoomIndex {
  /** Spaces that are in no other joined space, as the person ordered them. */
  readonly servers: SortedRooms<ServerKey>
  readonly favourites: SortedRooms<TagKey>
  readonly directs: SortedRooms<RecentKey>
  readonly lowPriority: SortedRooms<RecentKey>
  /** Joined rooms that are in no server and no direct messages. */
  readonly loose: SortedRooms<RecentKey>
  readonly invites: SortedRooms<RecentKey>
  readonly knocks: SortedRooms<RecentKey>
  /** Joined rooms with anything unread. */
  readonly unreadRooms: SortedRooms<RecentKey>
  /** Rooms with unread threads. */
  readonly unreadThreads: SortedRooms<RecentKey>
  readonly homeUnread = new Value<UnreadSum>(nothingUnread, isSameUnread)
  /** Over all rooms, each counted once. */
  readonly totalUnread = new Value<UnreadSum>(nothingUnread, isSameUnread)

  private readonly known = new Map<RoomID, Known>()
  /** Summaries that somebody asked to watch. */
  private readonly watched = new Map<RoomID, Value<RoomSummary | undefined>>()
  private readonly spaces = new Map<RoomID, Space>()
  /** The joined spaces that name a room as their child. */
  private readonly parents = new Map<RoomID, Set<RoomID>>()
  /** Rooms by the one that replaced them. */
  private readonly replacedBy = new Map<RoomID, Set<RoomID>>()
  private readonly dirtySums = new Set<RoomID>()
  private readonly dirtyStructure = new Set<RoomID>()
  private areRootsDirty = false
  private isSettling = false
  private end: (() => void) | undefined
  /** The first sync's worth of rooms is in. */
  readonly isReady = new Value(false)
  /** Told where the state of a space could not be loaded. */
  onFailure: (error: unknown) => void = () => undefined

  constructor(private readonly source: RoomSource, private readonly meter: Meter = { operations: 0 }) {
    this.servers = new SortedRooms(byPlace, meter)
    this.favourites = new SortedRooms(byTag, meter)
    this.directs = new SortedRooms(byRecent, meter)
    this.lowPriority = new SortedRooms(byRecent, meter)
    this.loose = new SortedRooms(byRecent, meter)
    this.invites = new SortedRooms(byRecent, meter)
    this.knocks = new SortedRooms(byRecent, meter)
    this.unreadRooms = new SortedRooms(byRecent, meter)
    this.unreadThreads = new SortedRooms(byRecent, meter)
  }

  start() {
    if (this.end !== undefined) return
    this.end = this.source.rooms.subscribe(() => this.reread())
    this.reread()
  }

  stop() {
    this.end?.()
    this.end = undefined
    for (const space of this.spaces.values()) space.close()
  }

  summary(id: RoomID): RoomSummary | undefined {
    return this.known.get(id)?.summary
  }

  /** The summary of a room, also of one that is not known yet. */
  watch(id: RoomID): Observable<RoomSummary | undefined> {
    let value = this.watched.get(id)
    if (value === undefined) this.watched.set(id, (value = new Value(this.summary(id))))
    return value
  }

  /** Everything unread below a server, each room counted once. */
  unread(space: RoomID): Observable<UnreadSum> {
    return this.spaces.get(space)?.unread ?? constant(nothingUnread)
  }

  /** Changes whenever what a space holds changed. */
  structure(space: RoomID): Observable<number> {
    return this.spaces.get(space)?.structure ?? constant(0)
  }

  children(space: RoomID): ReadonlyMap<RoomID, ChildLink> {
    return this.spaces.get(space)?.children ?? new Map()
  }

  isSpace(id: RoomID): boolean {
    return this.spaces.has(id)
  }

  order(space: RoomID): string | undefined {
    return this.spaces.get(space)?.order
  }

  /** Joined, and not replaced by a newer version that is joined as well. */
  isCurrent(id: RoomID): boolean {
    const summary = this.summary(id)
    if (summary?.membership !== "join") return false
    return summary.successor === undefined || this.summary(summary.successor)?.membership !== "join"
  }

  /** The server that a room is shown in; undefined for rooms of no server. */
  serverOf(id: RoomID): RoomID | undefined {
    if (this.servers.has(id)) return id
    let found: RoomID | undefined
    for (const space of this.spacesAbove(id)) {
      if (this.servers.has(space) && (found === undefined || compareText(space, found) < 0)) found = space
    }
    return found
  }

  /** All rooms of a server at any depth that are joined and no spaces. */
  roomsBelow(space: RoomID): RoomID[] {
    const rooms: RoomID[] = []
    this.walk(space, (id) => {
      if (!this.spaces.has(id) && this.isCurrent(id)) rooms.push(id)
    })
    return rooms
  }

  private reread() {
    const rooms = this.source.rooms.get()
    this.isSettling = true
    batch(() => {
      const changed = rooms.filter((summary) => this.known.get(summary.id)?.summary !== summary)
      for (const summary of changed) this.take(summary)
      // Spaces first: a room must find the spaces above it.
      const affected = changed.flatMap((summary) => [summary.id, ...(this.replacedBy.get(summary.id) ?? [])])
      for (const id of affected) this.openOrClose(id)
      for (const id of affected) this.place(id)
      if (this.known.size > rooms.length) this.dropMissing(new Set(rooms.map((summary) => summary.id)))
      this.settle()
      this.isReady.set(true)
    })
  }

  private take(summary: RoomSummary) {
    this.meter.operations += 1
    const known = this.known.get(summary.id)
    if (known === undefined) this.known.set(summary.id, { summary, added: nothingUnread, addedHome: nothingUnread, face: "" })
    else known.summary = summary
    this.watched.get(summary.id)?.set(summary)
    if (summary.successor === undefined) return
    const older = this.replacedBy.get(summary.successor) ?? new Set()
    this.replacedBy.set(summary.successor, older.add(summary.id))
  }

  private dropMissing(present: ReadonlySet<RoomID>) {
    for (const [id, known] of [...this.known]) {
      if (present.has(id)) continue
      known.summary = { ...known.summary, membership: "leave" }
      this.watched.get(id)?.set(undefined)
      this.openOrClose(id)
      this.place(id)
      this.known.delete(id)
    }
  }

  private openOrClose(id: RoomID) {
    const summary = this.summary(id)
    const isSpace = summary?.type === "m.space" && this.isCurrent(id)
    const space = this.spaces.get(id)
    if (isSpace === (space !== undefined)) return
    this.areRootsDirty = true
    if (space !== undefined) {
      this.markAbove(id)
      const before = space.children
      space.close()
      this.spaces.delete(id)
      this.linksChanged(id, before)
      this.servers.remove(id)
      return
    }
    const source = this.source.room(id)
    if (source === undefined) return
    const made = new Space(id, source)
    this.spaces.set(id, made)
    made.open({
      children: (before) => this.settled(() => this.linksChanged(id, before)),
      order: () => this.settled(() => {
        if (this.servers.has(id)) this.servers.put(id, { order: made.order, id })
      }),
      layout: () => this.settled(() => this.markStructure(id)),
      failed: (error) => this.onFailure(error),
    })
  }

  /** Runs `work` and brings sums and servers up to date, unless a wider change that does so is going on. */
  private settled(work: () => void) {
    batch(() => {
      work()
      if (!this.isSettling) this.settle()
    })
  }

  private linksChanged(space: RoomID, before: ReadonlyMap<RoomID, ChildLink>) {
    const after = this.children(space)
    for (const id of before.keys()) {
      if (after.has(id)) continue
      this.parents.get(id)?.delete(space)
      if (this.spaces.has(id)) this.areRootsDirty = true
      this.place(id)
    }
    for (const id of after.keys()) {
      if (before.has(id)) continue
      let above = this.parents.get(id)
      if (above === undefined) this.parents.set(id, (above = new Set()))
      above.add(space)
      if (this.spaces.has(id)) this.areRootsDirty = true
      this.place(id)
    }
    this.markAbove(space)
  }

  /** The sums and lists of a space and of all above it must be made anew. */
  private markAbove(space: RoomID) {
    for (const id of [space, ...this.spacesAbove(space)]) {
      this.dirtySums.add(id)
      this.dirtyStructure.add(id)
    }
  }

  private markStructure(room: RoomID) {
    if (this.spaces.has(room)) this.dirtyStructure.add(room)
    for (const id of this.spacesAbove(room)) this.dirtyStructure.add(id)
  }

  /** The joined spaces above a room, nearest first. */
  private spacesAbove(id: RoomID): ReadonlySet<RoomID> {
    const above = new Set<RoomID>()
    const climb = (room: RoomID) => {
      for (const parent of this.parents.get(room) ?? []) {
        this.meter.operations += 1
        if (parent === id || above.has(parent) || !this.spaces.has(parent)) continue
        above.add(parent)
        climb(parent)
      }
    }
    climb(id)
    return above
  }

  /** Calls `visit` once for each room below a space, at any depth. */
  private walk(space: RoomID, visit: (id: RoomID) => void, seen = new Set<RoomID>([space])) {
    for (const id of this.children(space).keys()) {
      this.meter.operations += 1
      if (seen.has(id)) continue
      seen.add(id)
      visit(id)
      if (this.spaces.has(id)) this.walk(id, visit, seen)
    }
  }

  private place(id: RoomID) {
    const known = this.known.get(id)
    if (known === undefined) return
    const summary = known.summary
    const isCurrent = this.isCurrent(id)
    const isRoom = isCurrent && summary.type !== "m.space"
    const isInServer = [...(this.parents.get(id) ?? [])].some((space) => this.spaces.has(space))
    const isLowPriority = summary.tags.has("m.lowpriority")
    const isFavourite = summary.tags.has("m.favourite")
    const recent: RecentKey = { time: summary.lastActivity, id }

    const isHome = isRoom && (summary.isDirect || !isInServer)
    set(this.favourites, isRoom && isFavourite, id, { ...recent, order: summary.tags.get("m.favourite") ?? 1 })
    set(this.lowPriority, isHome && isLowPriority && !isFavourite, id, recent)
    set(this.directs, isHome && summary.isDirect && !isFavourite && !isLowPriority, id, recent)
    set(this.loose, isHome && !summary.isDirect && !isFavourite && !isLowPriority, id, recent)
    set(this.invites, summary.membership === "invite", id, recent)
    set(this.knocks, summary.membership === "knock", id, recent)

    const added = isRoom ? unreadOf(summary) : nothingUnread
    const addedHome = isHome ? added : nothingUnread
    set(this.unreadRooms, added.rooms > 0 || added.highlights > 0, id, recent)
    set(this.unreadThreads, isRoom && hasUnreadThread(summary), id, recent)
    if (!isSameUnread(known.added, added)) {
      this.totalUnread.set(replaced(this.totalUnread.get(), known.added, added))
      for (const above of this.spacesAbove(id)) {
        const space = this.spaces.get(above)
        // Spaces whose sum is about to be made anew take the room's share then.
        if (space !== undefined && !this.dirtySums.has(above)) space.unread.set(replaced(space.unread.get(), known.added, added))
      }
      known.added = added
    }
    if (!isSameUnread(known.addedHome, addedHome)) {
      this.homeUnread.set(replaced(this.homeUnread.get(), known.addedHome, addedHome))
      known.addedHome = addedHome
    }
    const face = `${summary.membership} ${isCurrent} ${summary.type ?? ""} ${summary.type === "m.space" ? summary.name ?? "" : ""}`
    if (face !== known.face) {
      known.face = face
      this.markStructure(id)
    }
  }

  private settle() {
    this.isSettling = true
    if (this.areRootsDirty) this.findServers()
    this.areRootsDirty = false
    for (const id of this.dirtySums) {
      const space = this.spaces.get(id)
      if (space === undefined) continue
      let sum = nothingUnread
      this.walk(id, (room) => {
        sum = replaced(sum, nothingUnread, this.known.get(room)?.added ?? nothingUnread)
      })
      space.unread.set(sum)
    }
    this.dirtySums.clear()
    for (const id of this.dirtyStructure) this.spaces.get(id)?.structure.update((version) => version + 1)
    this.dirtyStructure.clear()
    this.isSettling = false
  }

  /** Spaces in no other; of spaces that hold each other in a circle, the one with the smallest ID. */
  private findServers() {
    const roots: RoomID[] = []
    const seen = new Set<RoomID>()
    const take = (id: RoomID) => {
      roots.push(id)
      seen.add(id)
      this.walk(id, () => undefined, seen)
    }
    const ids = [...this.spaces.keys()].sort(compareText)
    for (const id of ids) if (this.spacesAbove(id).size === 0) take(id)
    for (const id of ids) if (!seen.has(id)) take(id)
    const servers = new Set(roots)
    for (const id of this.servers.get()) if (!servers.has(id)) this.servers.remove(id)
    for (const id of roots) this.servers.put(id, { order: this.spaces.get(id)?.order, id })
  }
}

function set<K>(list: SortedRooms<K>, isIn: boolean, id: RoomID, key: K) {
  if (isIn) list.put(id, key)
  else list.remove(id)
}

function hasUnreadThread(summary: RoomSummary): boolean {
  if (summary.unread.threads.size === 0) return false
  for (const thread of summary.unread.threads.values()) if (thread.notifications > 0 || thread.highlights > 0) return true
  return false
}
