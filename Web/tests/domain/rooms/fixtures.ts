import { Value, type Observable } from "../../../source/matrix/base/observable"
import type { JSONObject } from "../../../source/matrix/base/read"
import type { MatrixEvent } from "../../../source/matrix/contract/events"
import type { RoomSummary } from "../../../source/matrix/contract/room"
import type { RoomSource, SpaceSource } from "../../../source/domain/rooms/RoomSource"

/** A joined room without anything unread. */
export function summary(id: string, part: Partial<RoomSummary> = {}): RoomSummary {
  return {
    id, membership: "join", type: undefined, name: id, heroes: [], topic: undefined, avatar: undefined, alias: undefined, isEncrypted: false,
    isDirect: false, directUsers: [], joinedCount: 2, invitedCount: 0, unread: unread(0, 0), isMuted: false, notifications: "default", lastActivity: 0,
    lastMessage: undefined, tags: new Map(), successor: undefined, inviter: undefined, joinRule: "public", version: "12", predecessor: undefined, ...part,
  }
}

export function unread(notifications: number, highlights: number, threads: readonly [string, number, number][] = []): RoomSummary["unread"] {
  return {
    notifications, highlights, isUnread: notifications > 0, isMarked: false,
    threads: new Map(threads.map(([root, count, mentions]) => [root, { notifications: count, highlights: mentions }])),
  }
}

/** Rooms that a test fills and changes. */
export class FakeRooms implements RoomSource {
  readonly rooms = new Value<readonly RoomSummary[]>([])
  private readonly spaces = new Map<string, FakeSpace>()

  room(id: string): FakeSpace {
    let space = this.spaces.get(id)
    if (space === undefined) this.spaces.set(id, (space = new FakeSpace()))
    return space
  }

  put(...summaries: RoomSummary[]) {
    const added = new Map(summaries.map((one) => [one.id, one]))
    const next = this.rooms.get().map((one) => {
      const changed = added.get(one.id)
      added.delete(one.id)
      return changed ?? one
    })
    this.rooms.set([...next, ...added.values()])
  }

  change(id: string, part: Partial<RoomSummary>) {
    this.rooms.set(this.rooms.get().map((one) => (one.id === id ? { ...one, ...part } : one)))
  }

  remove(id: string) {
    this.rooms.set(this.rooms.get().filter((one) => one.id !== id))
  }
}

export class FakeSpace implements SpaceSource {
  private readonly childEvents = new Value<ReadonlyMap<string, MatrixEvent>>(new Map())
  private readonly values = new Map<string, Value<JSONObject | undefined>>()
  loads = 0

  loadState(): Promise<void> {
    this.loads += 1
    return Promise.resolve()
  }

  stateOf(type: string): Observable<ReadonlyMap<string, MatrixEvent>> {
    return type === "m.space.child" ? this.childEvents : new Value(new Map())
  }

  state(type: string, key = ""): Value<JSONObject | undefined> {
    return this.value(`state ${type} ${key}`)
  }

  accountData(type: string): Value<JSONObject | undefined> {
    return this.value(`account ${type}`)
  }

  /** Children by ID with their order; an undefined entry takes one away. */
  setChildren(children: readonly (string | { id: string; order?: string; timestamp?: number; via?: string[] })[]) {
    this.childEvents.set(new Map(children.map((child, index) => {
      const one = typeof child === "string" ? { id: child } : child
      const content: JSONObject = { via: one.via ?? ["example.org"], ...(one.order === undefined ? {} : { order: one.order }) }
      return [one.id, {
        event_id: `$${one.id}`, type: "m.space.child", sender: "@a:example.org", origin_server_ts: one.timestamp ?? index, content, state_key: one.id,
      }]
    })))
  }

  private value(name: string): Value<JSONObject | undefined> {
    let value = this.values.get(name)
    if (value === undefined) this.values.set(name, (value = new Value<JSONObject | undefined>(undefined)))
    return value
  }
}
