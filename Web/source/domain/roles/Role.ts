import { asArray, asBoolean, asNumber, asObject, asString, asStrings, member, type JSONObject } from "../../matrix/base/read"
import { defaultLevels, permissions, type Permission } from "./Permission"

/** A named rank of a community. Roles form a ladder: what a role may, each role with a higher level may as well. */
export interface Role {
  readonly id: string
  readonly name: string
  /** #rrggbb, or undefined for the colour of text. */
  readonly colour: string | undefined
  /** An emoji, or the mxc:// of a picture. */
  readonly icon: string | undefined
  /** 0 for roles that only show something, up to 99. */
  readonly level: number
  /** Whether its members are a group of their own in the list of members. */
  readonly isHoisted: boolean
  /** Whether everybody may mention it. */
  readonly isMentionable: boolean
}

/** All roles of a community, the highest first, and the level that each permission asks for. */
export interface RoleTable {
  readonly roles: readonly Role[]
  readonly levels: Readonly<Record<Permission, number>>
}

/** The highest level a role can have; owners have 100. */
export const highestRoleLevel = 99
export const ownerLevel = 100
const limits = { roles: 100, name: 100 }

/** Reads `chat.martlet.roles`; undefined content gives no roles and the default levels. */
export function readRoles(content: JSONObject | undefined): RoleTable {
  const seen = new Set<string>()
  const roles: Role[] = []
  for (const entry of asArray(content?.roles).slice(0, limits.roles)) {
    const role = readRole(entry)
    if (role === undefined || seen.has(role.id)) continue
    seen.add(role.id)
    roles.push(role)
  }
  // A stable sort: roles of one level keep the order in which they are listed.
  roles.sort((a, b) => b.level - a.level)
  const levels = { ...defaultLevels }
  for (const permission of permissions) {
    const level = asNumber(member(content, "permissions", permission))
    if (level !== undefined) levels[permission] = clamped(level, 0, ownerLevel)
  }
  return { roles, levels }
}

function readRole(value: unknown): Role | undefined {
  const entry = asObject(value)
  const id = asString(entry?.id)
  const name = asString(entry?.name)?.trim()
  if (entry === undefined || id === undefined || !/^[A-Za-z0-9_-]{1,64}$/.test(id) || name === undefined || name === "") return undefined
  const colour = asString(entry.colour)
  return {
    id, name: [...name].slice(0, limits.name).join(""), colour: colour !== undefined && /^#[0-9a-fA-F]{6}$/.test(colour) ? colour.toLowerCase() : undefined,
    icon: asString(entry.icon), level: clamped(asNumber(entry.level) ?? 0, 0, highestRoleLevel), isHoisted: asBoolean(entry.hoisted) ?? false,
    isMentionable: asBoolean(entry.mentionable) ?? false,
  }
}

/** The content of `chat.martlet.roles` that says this. */
export function writeRoles(table: RoleTable): JSONObject {
  const levels: JSONObject = {}
  for (const permission of permissions) levels[permission] = table.levels[permission]
  return {
    roles: table.roles.map((role) => ({
      id: role.id, name: role.name, level: role.level, hoisted: role.isHoisted, mentionable: role.isMentionable,
      ...(role.colour === undefined ? {} : { colour: role.colour }), ...(role.icon === undefined ? {} : { icon: role.icon }),
    })),
    permissions: levels,
  }
}

/** The state key of a member's roles: a key that begins with "@" only its owner could write. */
export function memberRolesKey(userId: string): string {
  return `_${userId}`
}

/** The roles of a member, the highest first; IDs of roles that no longer exist are left out. */
export function rolesOf(table: RoleTable, content: JSONObject | undefined): readonly Role[] {
  const ids = new Set(asStrings(content?.roles))
  return ids.size === 0 ? [] : table.roles.filter((role) => ids.has(role.id))
}

/** The colour of a member's name: of the highest role that has one. */
export function colourOf(roles: readonly Role[]): string | undefined {
  return roles.find((role) => role.colour !== undefined)?.colour
}

/** The power level that roles give. */
export function levelOf(roles: readonly Role[]): number {
  return roles.reduce((highest, role) => Math.max(highest, role.level), 0)
}

/** Whether a role gives a permission. */
export function allows(table: RoleTable, role: Role | "everybody", permission: Permission): boolean {
  return (role === "everybody" ? 0 : role.level) >= table.levels[permission]
}

/** The table with a permission given from a role on, upwards; "owners" takes it from all roles. */
export function permit(table: RoleTable, permission: Permission, from: Role | "everybody" | "owners"): RoleTable {
  const level = from === "everybody" ? 0 : from === "owners" ? ownerLevel : from.level
  return { ...table, levels: { ...table.levels, [permission]: level } }
}

function clamped(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, Math.trunc(value)))
}

/** An ID for a new role that no other has. */
export function freeRoleID(roles: readonly Role[]): string {
  const taken = new Set(roles.map((role) => role.id))
  for (let number = roles.length + 1; ; number += 1) if (!taken.has(`role${number}`)) return `role${number}`
}

/** The roles that somebody may mention: those made for it, and all for whoever may mention everybody. */
export function mentionableRoles(table: RoleTable, mayMentionEveryone: boolean): readonly Role[] {
  return table.roles.filter((role) => role.isMentionable || mayMentionEveryone)
}

/** The members who have a role. */
export function membersWithRole(table: RoleTable, members: ReadonlyMap<string, JSONObject>, id: string): readonly string[] {
  return [...members].filter(([, content]) => rolesOf(table, content).some((role) => role.id === id)).map(([userId]) => userId)
}
