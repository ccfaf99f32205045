import { useMemo } from "react"
import type { UserID } from "../../matrix/contract/events"
import type { Member } from "../../matrix/contract/room"
import { useObservable } from "../bridge/useObservable"
import { useChat } from "./ChatContext"

/** A member of the room that is shown. */
export function useMember(userId: UserID): Member {
  const { room } = useChat()
  return useObservable(useMemo(() => room.member(userId), [room, userId]))
}
