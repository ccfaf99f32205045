import type { UnreadMark } from "../../domain/rooms/unread"
import { useSetting } from "../bridge/useSetting"
import "./MarkBadge.css"

/** A number of mentions or messages; what it means is told to screen readers beside the name. */
export function MarkBadge({ count, isQuiet = false }: { count: number; isQuiet?: boolean }) {
  return count > 0 ? <span className="mark-badge" data-quiet={isQuiet || undefined} aria-hidden="true">{count > 99 ? "99+" : count}</span> : null
}

/** The badge of a room in a list: mentions always, other messages for those who want every number. */
export function RoomBadge({ mark }: { mark: UnreadMark }) {
  const [style] = useSetting("unreadStyle")
  if (mark.badge > 0) return <MarkBadge count={mark.badge} />
  return style === "count" && mark.isUnread ? <MarkBadge count={mark.messages} isQuiet /> : null
}
