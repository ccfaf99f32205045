import { derived, type Observable } from "../../matrix/base/observable"
import { MartletType, type RoomID } from "../../matrix/contract/events"
import type { Membership } from "../../matrix/contract/room"
import { readCategories, type Category as DeclaredCategory } from "../communities/categories"
import { compareChildren, type ChildLink } from "./order"
import type { RoomIndex } from "./RoomIndex"
import type { RoomSource } from "./RoomSource"
import type { HierarchyRoom, SpaceHierarchy } from "./SpaceHierarchy"

/** A channel in the list of a server. */
export interface Channel {
  readonly id: RoomID
  /** "none": not joined, but may be seen. */
  readonly membership: Membership | "none"
  /** What the server tells of a room that is not joined. */
  readonly preview: HierarchyRoom | undefined
  readonly via: readonly string[]
}

/** A heading with channels under it. */
export interface Category {
  readonly id: string
  /** Undefined for the channels that are in no category. */
  readonly name: string | undefined
  /** The space that this category is, where it is one. */
  readonly space: RoomID | undefined
  readonly channels: readonly Channel[]
}

export interface ChannelList {
  readonly categories: readonly Category[]
  /** Joined rooms in the order in which they are shown, for moving with keys. */
  readonly joined: readonly RoomID[]
}

/** The channels of a server, changing with its hierarchy; unread marks are not part of it, each row watches its own room. */
export function channelList(source: RoomSource, index: RoomIndex, space: RoomID, hierarchy?: SpaceHierarchy): Observable<ChannelList> {
  const structure = index.structure(space)
  const sources: Observable<unknown>[] = hierarchy === undefined ? [structure] : [structure, hierarchy.rooms]
  return derived(sources, () => {
    const declared = readCategories(source.room(space)?.state(MartletType.categories).get())
    return arranged(index, space, hierarchy?.rooms.get() ?? new Map(), declared)
  })
}

function arranged(index: RoomIndex, server: RoomID, previews: ReadonlyMap<RoomID, HierarchyRoom>, declared: readonly DeclaredCategory[]): ChannelList {
  const taken = new Set<RoomID>([server])
  const channel = (link: ChildLink): Channel | undefined => {
    const summary = index.summary(link.id)
    const preview = previews.get(link.id)
    const isKnown = summary !== undefined && summary.membership !== "leave" && summary.membership !== "ban"
    // An old version of a room that is still joined gives way to its successor.
    if (summary?.membership === "join" && !index.isCurrent(link.id)) return undefined
    if (!isKnown && preview === undefined) return undefined
    return { id: link.id, membership: isKnown ? summary.membership : "none", preview, via: link.via }
  }
  const childrenOf = (space: RoomID): ChildLink[] =>
    index.isSpace(space) ? [...index.children(space).values()].sort(compareChildren) : [...(previews.get(space)?.children ?? [])]
  const isSpace = (id: RoomID) => (index.summary(id)?.type ?? previews.get(id)?.type) === "m.space"

  // Every room of the server once, with the link that names it first; spaces below it in order.
  const links = new Map<RoomID, ChildLink>()
  const spaces: RoomID[] = []
  const visited = new Set<RoomID>([server])
  const collect = (space: RoomID) => {
    for (const link of childrenOf(space)) {
      if (!isSpace(link.id)) {
        if (!links.has(link.id)) links.set(link.id, link)
      } else if (!visited.has(link.id)) {
        visited.add(link.id)
        spaces.push(link.id)
        collect(link.id)
      }
    }
  }
  collect(server)

  const take = (ids: Iterable<RoomID>): Channel[] => {
    const channels: Channel[] = []
    for (const id of ids) {
      const link = links.get(id)
      if (link === undefined || taken.has(id)) continue
      const found = channel(link)
      if (found === undefined) continue
      taken.add(id)
      channels.push(found)
    }
    return channels
  }

  const named = declared.map((category): Category => ({ id: category.id, name: category.name, space: undefined, channels: take(category.channels) }))
  const first: Category = { id: "", name: undefined, space: undefined, channels: take(childrenOf(server).map((link) => link.id)) }
  const subspaces = spaces.flatMap((id): Category[] => {
    const summary = index.summary(id)
    const isJoined = index.isSpace(id)
    if (!isJoined && !previews.has(id)) return []
    const channels = take(childrenOf(id).map((link) => link.id))
    if (channels.length === 0 && !isJoined) return []
    return [{ id, name: summary?.name ?? previews.get(id)?.name ?? "", space: id, channels }]
  })
  const categories = [first, ...named, ...subspaces].filter((category) => category.channels.length > 0 || category.name !== undefined)
  const joined = categories.flatMap((category) => category.channels.filter((one) => one.membership === "join").map((one) => one.id))
  return { categories, joined }
}
