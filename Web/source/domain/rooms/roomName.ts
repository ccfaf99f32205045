import type { UserID } from "../../matrix/contract/events"
import type { Member, RoomSummary } from "../../matrix/contract/room"

/** What a room is called: a name of its own, or the people in it for the interface to put into words. */
export type RoomName =
  | { readonly kind: "named"; readonly name: string }
  /** `others`: how many are left out. */
  | { readonly kind: "people"; readonly names: readonly string[]; readonly others: number }
  | { readonly kind: "empty"; readonly formerly: string | undefined }

/** How many people a made-up name lists. */
const listed = 3

export function roomName(summary: RoomSummary): RoomName {
  if (summary.name !== undefined && summary.name !== "") return { kind: "named", name: summary.name }
  const names = summary.heroes.map(memberName)
  const others = Math.max(summary.joinedCount + summary.invitedCount - 1, 0)
  if (others === 0) return { kind: "empty", formerly: names[0] }
  if (names.length === 0) return summary.alias === undefined ? { kind: "empty", formerly: undefined } : { kind: "named", name: summary.alias }
  const shown = names.slice(0, listed)
  return { kind: "people", names: shown, others: Math.max(others - shown.length, 0) }
}

/** Whom a conversation is with, where it is with one person only. */
export function personOf(summary: RoomSummary): UserID | undefined {
  const [user] = summary.directUsers
  return summary.isDirect && summary.directUsers.length === 1 && summary.joinedCount + summary.invitedCount <= 2 ? user : undefined
}

/** The name that lists show for a member. */
export function memberName(member: Pick<Member, "userId" | "displayName">): string {
  const name = member.displayName?.trim()
  return name === undefined || name === "" ? localpart(member.userId) : name
}

/** The part of an ID between its sigil and the server name. */
export function localpart(id: string): string {
  const end = id.indexOf(":")
  return end > 1 ? id.slice(1, end) : id
}

/** The server name of an ID. */
export function serverName(id: string): string {
  const end = id.indexOf(":")
  return end < 0 ? id : id.slice(end + 1)
}
