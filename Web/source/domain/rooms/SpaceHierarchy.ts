import { Value } from "../../matrix/base/observable"
import { asArray, asNumber, asObject, asString, member, type JSONObject } from "../../matrix/base/read"
import type { MXC, RoomID } from "../../matrix/contract/events"
import type { API } from "../../matrix/contract/session"
import { childLink, compareChildren, type ChildLink } from "./order"

/** A room of a server that this account may not be in, as the server tells of it. */
export interface HierarchyRoom {
  readonly id: RoomID
  readonly name: string | undefined
  readonly topic: string | undefined
  readonly avatar: MXC | undefined
  readonly type: string | undefined
  readonly joinRule: string
  readonly memberCount: number
  /** For spaces: what they hold. */
  readonly children: readonly ChildLink[]
}

export type HierarchyState = "idle" | "loading" | "loaded" | "failed"

/** At most this many pages of this many rooms are asked for. */
const pageSize = 100
const pageLimit = 20

/** What the server tells of a space and the rooms in it, loaded when somebody looks at it. */
export class SpaceHierarchy {
  readonly state = new Value<HierarchyState>("idle")
  readonly rooms = new Value<ReadonlyMap<RoomID, HierarchyRoom>>(new Map())
  private running: Promise<void> | undefined

  constructor(private readonly api: Pick<API, "get">, private readonly space: RoomID) {}

  /** Loads it, once at a time; again where it was loaded before. */
  load(): Promise<void> {
    this.running ??= this.loadPages().finally(() => {
      this.running = undefined
    })
    return this.running
  }

  private async loadPages(): Promise<void> {
    this.state.set("loading")
    try {
      const rooms = new Map<RoomID, HierarchyRoom>()
      let from: string | undefined
      for (let page = 0; page < pageLimit; page += 1) {
        const answer = await this.api.get(`/_matrix/client/v1/rooms/${encodeURIComponent(this.space)}/hierarchy`, { limit: pageSize, from })
        for (const item of asArray(answer.rooms)) {
          const room = hierarchyRoom(asObject(item))
          if (room !== undefined) rooms.set(room.id, room)
        }
        from = asString(answer.next_batch)
        if (from === undefined) break
      }
      this.rooms.set(rooms)
      this.state.set("loaded")
    } catch {
      // Rooms that are joined are shown all the same; the list offers to try again.
      this.state.set("failed")
    }
  }
}

function hierarchyRoom(item: JSONObject | undefined): HierarchyRoom | undefined {
  const id = asString(item?.room_id)
  if (item === undefined || id === undefined || !id.startsWith("!")) return undefined
  const children = asArray(item.children_state).flatMap((event) => {
    const link = childLink({
      content: asObject(member(event, "content")) ?? {}, state_key: asString(member(event, "state_key")) ?? "",
      origin_server_ts: asNumber(member(event, "origin_server_ts")) ?? 0,
    })
    return link === undefined || link.id === id ? [] : [link]
  })
  return {
    id, name: asString(item.name), topic: asString(item.topic), avatar: asString(item.avatar_url), type: asString(item.room_type),
    joinRule: asString(item.join_rule) ?? "public", memberCount: asNumber(item.num_joined_members) ?? 0, children: children.sort(compareChildren),
  }
}
