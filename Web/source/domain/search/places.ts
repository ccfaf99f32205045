import type { MXC, RoomID, UserID } from "../../matrix/contract/events"
import type { RoomSummary } from "../../matrix/contract/room"
import type { RoomIndex } from "../rooms/RoomIndex"
import { localpart, memberName, personOf } from "../rooms/roomName"
import { unreadOf } from "../rooms/unread"
import type { Candidate } from "./rank"

/** What the quick switcher can open. */
export type Place =
  | { readonly kind: "room" | "server"; readonly room: RoomID }
  /** `room`: the conversation with them, where there is one. */
  | { readonly kind: "person"; readonly userId: UserID; readonly avatar: MXC | undefined; readonly room: RoomID | undefined }
  | { readonly kind: "command"; readonly command: string }

export interface PlaceCandidate extends Candidate { readonly place: Place }

/** What a first letter narrows the search down to. */
export function narrowed(typed: string): { readonly text: string; readonly kind: Place["kind"] | undefined } {
  const kinds: Readonly<Record<string, Place["kind"]>> = { "#": "room", "@": "person", "*": "server", ">": "command" }
  const first = typed.trimStart()[0] ?? ""
  const kind = Object.prototype.hasOwnProperty.call(kinds, first) ? kinds[first] : undefined
  return kind === undefined ? { text: typed, kind } : { text: typed.trimStart().slice(1), kind }
}

/** All rooms, servers and people of an account as candidates: the recent ones first, then what is unread. */
export function placeCandidates(rooms: readonly RoomSummary[], index: RoomIndex, recents: readonly RoomID[], title: (summary: RoomSummary) => string): PlaceCandidate[] {
  const places = new Map(recents.map((id, place) => [id, place]))
  return rooms.flatMap((summary): PlaceCandidate[] => {
    if (!index.isCurrent(summary.id)) return []
    const isSpace = summary.type === "m.space"
    if (isSpace && !index.servers.has(summary.id)) return []
    const unread = unreadOf(summary)
    const recent = places.get(summary.id)
    const bonus = (recent === undefined ? 0 : 60 - 2 * recent) + (unread.highlights > 0 ? 70 : unread.rooms > 0 ? 40 : 0)
      + (summary.tags.has("m.favourite") ? 20 : 0) - (summary.isMuted ? 20 : 0) - (summary.tags.has("m.lowpriority") ? 20 : 0)
    const user = personOf(summary)
    const server = isSpace || user !== undefined ? undefined : index.serverOf(summary.id)
    const serverName = server === undefined ? undefined : index.summary(server)?.name
    const otherTexts = [summary.alias, serverName === undefined ? undefined : `${title(summary)} ${serverName}`, ...(user !== undefined ? [user, ...summary.heroes.map(memberName)] : [])]
    const place: Place = isSpace ? { kind: "server", room: summary.id } : user !== undefined ? { kind: "person", userId: user, avatar: summary.avatar, room: summary.id } : { kind: "room", room: summary.id }
    return [{ key: summary.id, text: title(summary), otherTexts: otherTexts.filter((text): text is string => text !== undefined), bonus, place }]
  })
}

/** The people of direct conversations, once each. */
export function knownPeople(rooms: readonly RoomSummary[]): { userId: UserID; displayName: string | undefined; avatar: MXC | undefined }[] {
  const people = new Map<UserID, { userId: UserID; displayName: string | undefined; avatar: MXC | undefined; at: number }>()
  for (const summary of rooms) {
    if (!summary.isDirect || summary.membership !== "join") continue
    for (const userId of summary.directUsers) {
      const hero = summary.heroes.find((one) => one.userId === userId)
      const known = people.get(userId)
      if (known !== undefined && known.at >= summary.lastActivity) continue
      people.set(userId, { userId, displayName: hero?.displayName ?? known?.displayName ?? localpart(userId), avatar: hero?.avatar ?? known?.avatar, at: summary.lastActivity })
    }
  }
  return [...people.values()].sort((a, b) => b.at - a.at).map(({ userId, displayName, avatar }) => ({ userId, displayName, avatar }))
}
