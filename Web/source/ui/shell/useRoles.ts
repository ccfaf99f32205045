import { useMemo } from "react"
import { constant } from "../../matrix/base/observable"
import { MartletType, type RoomID } from "../../matrix/contract/events"
import type { HoistedRole } from "../../domain/rooms/memberGroups"
import { communityRoles } from "../../domain/roles/applyRoles"
import { rolesOf, type Role } from "../../domain/roles/Role"
import { useObservable } from "../bridge/useObservable"
import { useShell } from "./ShellState"

const none = constant(undefined)

/** The roles of a server that are groups of their own, and the roles of each member. */
export function useRoles(space: RoomID | undefined): { hoisted: readonly HoistedRole[]; of: (userId: string) => readonly Role[] } {
  const { session } = useShell()
  const room = space === undefined ? undefined : session.room(space)
  const table = useObservable(room?.state(MartletType.roles) ?? none)
  const members = useObservable(room?.stateOf(MartletType.memberRoles) ?? none)
  return useMemo(() => {
    // Read anew whenever one of the two changed.
    if (room === undefined || table === undefined || members === undefined) return { hoisted: [], of: () => [] }
    const roles = communityRoles(room)
    const of = (userId: string) => rolesOf(roles.table, roles.members.get(userId))
    const hoisted = roles.table.roles.filter((role) => role.isHoisted)
      .map((role) => ({ id: role.id, name: role.name, colour: role.colour, has: (userId: string) => of(userId).some((one) => one.id === role.id) }))
    return { hoisted, of }
  }, [room, table, members])
}
