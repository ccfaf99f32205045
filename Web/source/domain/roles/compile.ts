import { asNumber, asObject, member, type JSONObject } from "../../matrix/base/read"
import { permissions, places, type Permission } from "./Permission"
import { levelOf, ownerLevel, rolesOf, type RoleTable } from "./Role"

/** What the power levels of one room are made from. */
export interface CompileInput {
  readonly table: RoleTable
  /** The roles of members by user ID: contents of `chat.martlet.member_roles`. */
  readonly members: ReadonlyMap<string, JSONObject>
  /** `chat.martlet.role_overrides` of this room. */
  readonly overrides: JSONObject | undefined
  /** `m.room.power_levels` as it is. */
  readonly current: JSONObject
  /** Who makes the change; nobody at or above their level is touched, and nothing is set above it. */
  readonly author: { readonly userId: string; readonly level: number }
  /** Creators in room versions that give them infinite power: they must not be listed. */
  readonly creators: ReadonlySet<string>
  /** Members whose roles were taken away: they fall back to the default. */
  readonly dismissed?: ReadonlySet<string>
}

/**
 * The power levels of a room as the roles of its community want them, or undefined where they are so already.
 * What roles do not speak of stays: other event types, people without roles, bots. Other clients see plain power levels and behave rightly.
 */
export function compilePowerLevels(input: CompileInput): JSONObject | undefined {
  const { table, current, author } = input
  const next: JSONObject = { ...current }
  const events: JSONObject = { ...asObject(current.events) }
  const notifications: JSONObject = { ...asObject(current.notifications) }
  const reached = (level: number) => level <= author.level
  for (const permission of permissions) {
    const level = levelFor(permission, table, input.overrides)
    const place = places[permission]
    for (const name of place.members) set(next, name, level, defaultOfMember(name))
    for (const type of place.events) set(events, type, level, undefined)
    if (place.notifies) set(notifications, "room", level, 50)
  }
  next.events = events
  next.notifications = notifications
  next.users = usersOf(input, reached)
  return isSame(next, current) ? undefined : next

  function set(target: JSONObject, name: string, level: number, standard: number | undefined) {
    const now = asNumber(target[name]) ?? standard
    // Nobody may change what is above their own level, nor raise anything beyond it.
    if (now === level || (now !== undefined && !reached(now)) || !reached(level)) return
    target[name] = level
  }
}

/** The level of a permission in a room: the community's, unless the room has its own. */
export function levelFor(permission: Permission, table: RoleTable, overrides: JSONObject | undefined): number {
  const own = asNumber(member(overrides, "permissions", permission))
  return own === undefined ? table.levels[permission] : Math.min(ownerLevel, Math.max(0, Math.trunc(own)))
}

function usersOf(input: CompileInput, reached: (level: number) => boolean): JSONObject {
  const users: JSONObject = { ...asObject(input.current.users) }
  const standard = asNumber(input.current.users_default) ?? 0
  const change = (userId: string, level: number) => {
    if (input.creators.has(userId)) {
      delete users[userId]
      return
    }
    const now = asNumber(users[userId]) ?? standard
    if (now === level || userId === input.author.userId || now >= input.author.level || !reached(level)) return
    if (level === standard) delete users[userId]
    else users[userId] = level
  }
  for (const [userId, content] of [...input.members].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const level = levelOf(rolesOf(input.table, content))
    // A role that only shows something takes no power from somebody who has it by other means.
    if (level > 0) change(userId, level)
    else if (input.dismissed?.has(userId)) change(userId, standard)
  }
  for (const userId of input.dismissed ?? []) if (!input.members.has(userId)) change(userId, standard)
  return users
}

function defaultOfMember(name: string): number {
  return name === "events_default" || name === "invite" ? 0 : 50
}

function isSame(a: unknown, b: unknown): boolean {
  const x = asObject(a)
  const y = asObject(b)
  if (x === undefined || y === undefined) return a === b
  const keys = new Set([...Object.keys(x), ...Object.keys(y)])
  for (const key of keys) {
    const left = x[key]
    const right = y[key]
    // An empty object and none are the same thing here.
    const bothEmpty = [left, right].every((side) => side === undefined || (asObject(side) !== undefined && Object.keys(asObject(side) ?? {}).length === 0))
    if (!bothEmpty && !isSame(left, right)) return false
  }
  return true
}
