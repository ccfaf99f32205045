import type { RoomSummary } from "../../matrix/contract/room"
import { useObservable } from "../bridge/useObservable"
import { Avatar } from "../design"
import { roomTitle } from "./roomTitle"
import { useShell } from "./ShellState"

/** The picture of a room, or of whom a direct conversation is with; `hasPresence` shows whether they are there. */
export function RoomAvatar({ summary, size, hasPresence = false }: { summary: RoomSummary; size: number; hasPresence?: boolean }) {
  const { session } = useShell()
  const [hero] = summary.heroes
  const isPerson = summary.isDirect && summary.directUsers.length === 1
  const [user] = summary.directUsers
  const presence = useObservable(hasPresence && isPerson && user !== undefined ? session.presence(user) : undefined)
  return <Avatar id={isPerson && user !== undefined ? user : summary.id} name={roomTitle(summary)} mxc={summary.avatar ?? (isPerson ? hero?.avatar : undefined)} size={size} presence={presence?.state} shape={isPerson ? "circle" : "square"} />
}
