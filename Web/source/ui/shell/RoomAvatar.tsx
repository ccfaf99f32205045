import type { RoomSummary } from "../../matrix/contract/room"
import { Avatar } from "../design"
import { roomTitle } from "./roomTitle"

/** The picture of a room, or of whom a direct conversation is with. */
export function RoomAvatar({ summary, size }: { summary: RoomSummary; size: number }) {
  const [hero] = summary.heroes
  const isPerson = summary.isDirect && summary.directUsers.length === 1
  const [user] = summary.directUsers
  return <Avatar id={isPerson && user !== undefined ? user : summary.id} name={roomTitle(summary)} mxc={summary.avatar ?? (isPerson ? hero?.avatar : undefined)} size={size} shape={isPerson ? "circle" : "square"} />
}
