import type { RoomID, UserID } from "../../matrix/contract/events"
import type { IncomingNotification } from "../../matrix/contract/session"

/** What a person wants to be told, on this device. */
export interface NotificationWishes {
  readonly desktop: boolean
  readonly sounds: boolean
  /** How much a desktop notification tells. */
  readonly preview: "full" | "sender" | "none"
  readonly doNotDisturb: boolean
  /** Undefined: none. Minutes since midnight; `from` after `to` goes over midnight. Days 0 (Sunday) to 6 on which they begin. */
  readonly quietHours: { readonly from: number; readonly to: number; readonly days: readonly number[] } | undefined
}

export const usualWishes: NotificationWishes = { desktop: true, sounds: true, preview: "full", doNotDisturb: false, quietHours: undefined }

/** How things are when a notification comes. */
export interface Circumstances {
  readonly me: UserID
  /** Local time. */
  readonly weekday: number
  readonly minute: number
  /** Rooms that are on the screen of a window in front. */
  readonly seenRooms: ReadonlySet<RoomID>
  /** Whether any window of the client is in front. */
  readonly hasFocus: boolean
  readonly isRoomMuted: boolean
  /** The server that the room is in is muted: mentions still count. */
  readonly isServerMuted: boolean
}

export interface Decision {
  readonly desktop: boolean
  readonly sound: "mention" | "message" | undefined
}

const silence: Decision = { desktop: false, sound: undefined }

/** Whether a notification is shown and heard. Never for own messages, muted rooms, in quiet hours, or for what is being looked at. */
export function decide(notification: Pick<IncomingNotification, "room" | "isHighlight" | "sound"> & { readonly event: { readonly sender: UserID } }, wishes: NotificationWishes, now: Circumstances): Decision {
  if (notification.event.sender === now.me || now.isRoomMuted) return silence
  if (now.isServerMuted && !notification.isHighlight) return silence
  if (wishes.doNotDisturb || isQuiet(wishes.quietHours, now)) return silence
  if (now.seenRooms.has(notification.room)) return silence
  const sound = wishes.sounds && (notification.sound !== undefined || notification.isHighlight) ? (notification.isHighlight ? "mention" : "message") : undefined
  // Whoever is looking at the client sees the badge; a banner over it would only be in the way.
  return { desktop: wishes.desktop && !now.hasFocus, sound }
}

/** Whether it is within the quiet hours now. The part after midnight belongs to the day before. */
export function isQuiet(hours: NotificationWishes["quietHours"], now: Pick<Circumstances, "weekday" | "minute">): boolean {
  if (hours === undefined || hours.from === hours.to) return false
  const isToday = hours.days.includes(now.weekday)
  if (hours.from < hours.to) return isToday && now.minute >= hours.from && now.minute < hours.to
  const isYesterday = hours.days.includes((now.weekday + 6) % 7)
  return (isToday && now.minute >= hours.from) || (isYesterday && now.minute < hours.to)
}
