import { asString, asStrings, type JSONObject } from "../../matrix/base/read"
import { MartletType, type MatrixEvent } from "../../matrix/contract/events"
import { MatrixError, type Session } from "../../matrix/contract/session"
import type { Room } from "../../matrix/contract/room"
import { compilePowerLevels } from "./compile"
import { memberRolesKey, readRoles, type RoleTable } from "./Role"

/** What became of each room of a community. */
export interface ApplyReport {
  readonly changed: readonly string[]
  readonly unchanged: readonly string[]
  readonly failed: readonly { readonly room: string; readonly message: string }[]
}

/** The rooms of a community that this account is in: the space itself, its channels, and those of its subspaces. */
export function roomsOfCommunity(session: Session, space: string): readonly Room[] {
  const found: Room[] = []
  const seen = new Set<string>()
  const visit = (id: string) => {
    const room = session.room(id)
    if (seen.has(id) || room === undefined || room.summary.get().membership !== "join") return
    seen.add(id)
    found.push(room)
    if (room.summary.get().type !== "m.space") return
    for (const [child, event] of room.stateOf("m.space.child").get()) if (Array.isArray(event.content.via)) visit(child)
  }
  visit(space)
  return found
}

/** The roles of a space and who has them, as they stand. */
export function communityRoles(space: Room): { table: RoleTable; members: ReadonlyMap<string, JSONObject> } {
  const members = new Map<string, JSONObject>()
  for (const [key, event] of space.stateOf(MartletType.memberRoles).get()) {
    // The key must be the one that we write, else anybody's spelling of a user could carry roles.
    const userId = key.slice(1)
    if (userId.startsWith("@") && memberRolesKey(userId) === key) members.set(userId, event.content)
  }
  return { table: readRoles(space.state(MartletType.roles).get()), members }
}

/** Compiles the roles into the power levels of every room of the community, one room after the other; a room that refuses does not stop the rest. */
export async function applyRoles(
  session: Session, space: Room, given: { table: RoleTable; members: ReadonlyMap<string, JSONObject>; dismissed?: ReadonlySet<string> },
  onProgress: (done: number, all: number) => void = () => undefined,
): Promise<ApplyReport> {
  const rooms = roomsOfCommunity(session, space.id)
  const changed: string[] = []
  const unchanged: string[] = []
  const failed: { room: string; message: string }[] = []
  for (const [index, room] of rooms.entries()) {
    try {
      if (await applyToRoom(session, room, given)) changed.push(room.id)
      else unchanged.push(room.id)
    } catch (error) {
      if (!(error instanceof MatrixError)) throw error
      failed.push({ room: room.id, message: error.message })
    }
    onProgress(index + 1, rooms.length)
  }
  return { changed, unchanged, failed }
}

async function applyToRoom(
  session: Session, room: Room, given: { table: RoleTable; members: ReadonlyMap<string, JSONObject>; dismissed?: ReadonlySet<string> },
): Promise<boolean> {
  await room.loadState()
  const next = compilePowerLevels({
    table: given.table, members: given.members, overrides: room.state(MartletType.roleOverrides).get(), current: room.state("m.room.power_levels").get() ?? {},
    author: { userId: session.userId, level: room.permissions.get().myLevel }, creators: creatorsOf(room), ...(given.dismissed === undefined ? {} : { dismissed: given.dismissed }),
  })
  if (next === undefined) return false
  await room.setState("m.room.power_levels", "", next)
  return true
}

/** Creators with infinite power, in the room versions that know them (12 and later). */
export function creatorsOf(room: Room): ReadonlySet<string> {
  const create: MatrixEvent | undefined = room.stateOf("m.room.create").get().get("")
  const version = asString(create?.content.room_version) ?? "1"
  if (create === undefined || !(Number(version) >= 12 || version === "org.matrix.hydra.11")) return new Set()
  return new Set([create.sender, ...asStrings(create.content.additional_creators)])
}

/** Gives a member these roles, and no others, in the space and all its rooms. */
export async function setMemberRoles(session: Session, space: Room, userId: string, roles: readonly string[]): Promise<ApplyReport> {
  const { table, members } = communityRoles(space)
  const content: JSONObject = roles.length === 0 ? {} : { roles: [...roles] }
  await space.setState(MartletType.memberRoles, memberRolesKey(userId), content)
  const next = new Map(members)
  next.set(userId, content)
  return applyRoles(session, space, { table, members: next, dismissed: new Set([userId]) })
}
