import type { RoomSummary } from "../../matrix/contract/room"
import { personOf } from "../../domain/rooms/roomName"
import { useObservable } from "../bridge/useObservable"
import { Avatar } from "../design"
import { roomTitle } from "./roomTitle"
import { useShell } from "./ShellState"

/** The picture of a room, or of whom a direct conversation is with; `hasPresence` shows whether they are there. */
export function RoomAvatar({ summary, size, hasPresence = false }: { summary: RoomSummary; size: number; hasPresence?: boolean }) {
  const { session } = useShell()
  const [hero] = summary.heroes
  const user = personOf(summary)
  const presence = useObservable(hasPresence && user !== undefined ? session.presence(user) : undefined)
  return <Avatar id={user ?? summary.id} name={roomTitle(summary)} mxc={summary.avatar ?? (user === undefined ? undefined : hero?.avatar)} size={size} presence={presence?.state} shape={user !== undefined ? "circle" : "square"} />
}
