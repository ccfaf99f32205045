import { useMemo } from "react"
import { derived } from "../../matrix/base/observable"
import { MartletType, type UserID } from "../../matrix/contract/events"
import { colourOf, memberRolesKey, readRoles, rolesOf } from "../../domain/roles/Role"
import { spacesOf } from "../../domain/packs/availablePacks"
import { constant, type Observable } from "../../matrix/base/observable"
import type { Room } from "../../matrix/contract/room"
import { useSession } from "../bridge/contexts"
import { useObservable } from "../bridge/useObservable"
import { useChat } from "./ChatContext"

const none: Observable<string | undefined> = constant(undefined)
const kept = new WeakMap<Room, Map<UserID, Observable<string | undefined>>>()
const spaces = new WeakMap<Room, Room | null>()

/** The colour of a member's highest role in the community of the room, where it has roles. */
export function useRoleColour(userId: UserID): string | undefined {
  const session = useSession()
  const { room } = useChat()
  return useObservable(useMemo(() => {
    let space = spaces.get(room)
    if (space === undefined) {
      space = spacesOf(session, room)[0] ?? null
      spaces.set(room, space)
    }
    if (space === null) return none
    const colours = kept.get(space) ?? new Map<UserID, Observable<string | undefined>>()
    kept.set(space, colours)
    const known = colours.get(userId)
    if (known !== undefined) return known
    const roles = space.state(MartletType.roles)
    const own = space.state(MartletType.memberRoles, memberRolesKey(userId))
    const made = derived([roles, own], () => {
      const content = roles.get()
      return content === undefined ? undefined : colourOf(rolesOf(readRoles(content), own.get()))
    })
    colours.set(userId, made)
    return made
  }, [session, room, userId]))
}
