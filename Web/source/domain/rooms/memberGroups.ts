import type { UserID } from "../../matrix/contract/events"
import type { Member } from "../../matrix/contract/room"
import { fold } from "../search/fold"

/** The name of a group in the list of members: a role's own, or one that the interface puts into words. */
export type GroupName =
  | { readonly kind: "role"; readonly name: string; readonly colour: string | undefined }
  | { readonly kind: "owners" | "admins" | "moderators" | "members" | "online" | "offline" | "invited" }

export interface MemberGroup {
  readonly id: string
  readonly name: GroupName
  readonly members: readonly Member[]
}

/** A role that is shown as a group of its own. The first role that a member has counts. */
export interface HoistedRole {
  readonly id: string
  readonly name: string
  readonly colour: string | undefined
  has(userId: UserID): boolean
}

export interface GroupOptions {
  /** Highest first. */
  readonly roles: readonly HoistedRole[]
  /** Whether somebody is online; undefined where presence is not looked at, as in rooms of many thousands. */
  readonly isOnline: ((userId: UserID) => boolean) | undefined
  readonly filter: string
}

/** Above this many members presence no longer divides the list: asking for all of it would cost more than it tells. */
export const presenceLimit = 1000

/** The members of a room in groups, each in the order in which they came (by name). One pass over all of them. */
export function memberGroups(members: readonly Member[], options: GroupOptions): readonly MemberGroup[] {
  const wanted = fold(options.filter.trim())
  const groups = new Map<string, { name: GroupName; members: Member[] }>()
  const declare = (id: string, name: GroupName) => {
    const list: Member[] = []
    groups.set(id, { name, members: list })
    return list
  }
  const byRole = options.roles.map((role) => ({ role, list: declare(`role ${role.id}`, { kind: "role", name: role.name, colour: role.colour }) }))
  const owners = declare("owners", { kind: "owners" })
  const admins = declare("admins", { kind: "admins" })
  const moderators = declare("moderators", { kind: "moderators" })
  const isDivided = options.isOnline !== undefined
  const rest = declare(isDivided ? "online" : "members", { kind: isDivided ? "online" : "members" })
  const offline = declare("offline", { kind: "offline" })
  const invited = declare("invited", { kind: "invited" })

  for (const member of members) {
    if (wanted !== "" && !fold(member.displayName ?? "").includes(wanted) && !fold(member.userId).includes(wanted)) continue
    if (member.membership === "invite") {
      invited.push(member)
      continue
    }
    if (member.membership !== "join") continue
    if (options.isOnline !== undefined && !options.isOnline(member.userId)) {
      offline.push(member)
      continue
    }
    const own = byRole.find((one) => one.role.has(member.userId))
    if (own !== undefined) own.list.push(member)
    else if (byRole.length > 0) rest.push(member)
    else if (member.powerLevel > 100) owners.push(member)
    else if (member.powerLevel >= 100) admins.push(member)
    else if (member.powerLevel >= 50) moderators.push(member)
    else rest.push(member)
  }
  return [...groups].filter(([, group]) => group.members.length > 0).map(([id, group]) => ({ id, ...group }))
}

/** A line of the list: a heading or a member. */
export type MemberRow =
  | { readonly kind: "group"; readonly key: string; readonly group: MemberGroup }
  | { readonly kind: "member"; readonly key: string; readonly member: Member; readonly group: MemberGroup }

export function memberRows(groups: readonly MemberGroup[]): readonly MemberRow[] {
  const rows: MemberRow[] = []
  for (const group of groups) {
    rows.push({ kind: "group", key: group.id, group })
    for (const member of group.members) rows.push({ kind: "member", key: member.userId, member, group })
  }
  return rows
}
