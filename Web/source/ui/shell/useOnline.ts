import { useEffect, useState } from "react"
import type { UserID } from "../../matrix/contract/events"
import type { Member } from "../../matrix/contract/room"
import type { Session } from "../../matrix/contract/session"
import { presenceLimit } from "../../domain/rooms/memberGroups"

/** Presence changes are gathered for so long before the list is sorted anew, in milliseconds. */
const pause = 800

/** Who of these members is online, for dividing a list; undefined for rooms of too many. */
export function useOnline(session: Session, members: readonly Member[]): ((userId: UserID) => boolean) | undefined {
  const [state, setState] = useState<{ members: readonly Member[]; online: ReadonlySet<UserID> }>()
  useEffect(() => {
    if (members.length > presenceLimit) return undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    const read = () => {
      timer = undefined
      setState({ members, online: new Set(members.filter((one) => session.presence(one.userId).get().state !== "offline").map((one) => one.userId)) })
    }
    const changed = () => {
      timer ??= setTimeout(read, pause)
    }
    read()
    const ends = members.map((one) => session.presence(one.userId).subscribe(changed))
    return () => {
      if (timer !== undefined) clearTimeout(timer)
      for (const end of ends) end()
    }
  }, [session, members])
  if (members.length > presenceLimit || state === undefined) return undefined
  const { online } = state
  return (userId) => online.has(userId)
}
