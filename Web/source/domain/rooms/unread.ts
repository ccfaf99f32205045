import type { RoomSummary } from "../../matrix/contract/room"

/** How much is unread in a room, or in many rooms together. */
export interface UnreadSum {
  /** Rooms with anything unread that are not muted. */
  readonly rooms: number
  readonly notifications: number
  readonly highlights: number
}

export const nothingUnread: UnreadSum = { rooms: 0, notifications: 0, highlights: 0 }

/** What one room adds to the sums of what it is in. A muted room adds its mentions only; a room that was left adds nothing. */
export function unreadOf(summary: RoomSummary): UnreadSum {
  if (summary.membership !== "join") return nothingUnread
  let { notifications, highlights } = summary.unread
  for (const thread of summary.unread.threads.values()) {
    notifications += thread.notifications
    highlights += thread.highlights
  }
  if (summary.isMuted) return highlights === 0 ? nothingUnread : { rooms: 0, notifications: highlights, highlights }
  const isUnread = summary.unread.isUnread || summary.unread.isMarked || notifications > 0
  if (!isUnread && highlights === 0) return nothingUnread
  return { rooms: isUnread ? 1 : 0, notifications: Math.max(notifications, highlights), highlights }
}

/** `sum` with `before` taken out and `after` put in. */
export function replaced(sum: UnreadSum, before: UnreadSum, after: UnreadSum): UnreadSum {
  return {
    rooms: sum.rooms - before.rooms + after.rooms,
    notifications: sum.notifications - before.notifications + after.notifications,
    highlights: sum.highlights - before.highlights + after.highlights,
  }
}

export function isSameUnread(a: UnreadSum, b: UnreadSum): boolean {
  return a.rooms === b.rooms && a.notifications === b.notifications && a.highlights === b.highlights
}

/** How a row shows what is unread: a badge with a number, a bold name, or nothing. */
export interface UnreadMark {
  readonly isUnread: boolean
  /** Mentions, or in direct messages all that notifies; 0 shows no badge. */
  readonly badge: number
  readonly isMention: boolean
  /** All that notifies, for those who want every number. */
  readonly messages: number
}

/** The mark of one room in a list. */
export function unreadMark(summary: RoomSummary): UnreadMark {
  const sum = unreadOf(summary)
  const badge = summary.isDirect ? sum.notifications : sum.highlights
  return { isUnread: sum.rooms > 0, badge: badge === 0 && summary.unread.isMarked && summary.isDirect && !summary.isMuted ? 1 : badge, isMention: sum.highlights > 0, messages: sum.notifications }
}
