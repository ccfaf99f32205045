import { MatrixError, type Session } from "../../matrix/contract/session"
import type { RoomID, UserID } from "../../matrix/contract/events"
import { reorderPlan } from "../../domain/rooms/order"
import { spaceOrderType } from "../../domain/rooms/Space"
import { t } from "../language/t"
import { href, type Route } from "../navigation/route"
import { navigate } from "../navigation/useRoute"
import type { ShellState } from "./ShellState"

/** What went wrong, in the words of the server where it has any. */
export function reasonOf(error: unknown): string {
  return error instanceof MatrixError ? error.message : String(error)
}

/** Marks rooms as read, a few at a time; gives the number of those that could not be. */
export async function markAllRead(session: Session, rooms: readonly RoomID[]): Promise<number> {
  const waiting = rooms.filter((id) => {
    const unread = session.room(id)?.summary.get().unread
    return unread !== undefined && (unread.isUnread || unread.isMarked || unread.notifications > 0 || unread.highlights > 0 || unread.threads.size > 0)
  })
  let failed = 0
  const next = async (): Promise<void> => {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      try {
        await markRead(session, id)
      } catch {
        failed += 1
      }
    }
  }
  await Promise.all([next(), next(), next(), next()])
  return failed
}

/** Marks a room and its threads as read. */
export async function markRead(session: Session, id: RoomID): Promise<void> {
  const room = session.room(id)
  if (room === undefined) return
  const { unread } = room.summary.get()
  await room.markRead()
  if (unread.isMarked) await room.markUnread(false)
  for (const [root, count] of unread.threads) if (count.notifications > 0 || count.highlights > 0) await room.markRead(undefined, root)
}

/** Moves a server of the rail to another place. */
export async function moveServer(shell: ShellState, space: RoomID, to: number): Promise<void> {
  const ids = shell.index.servers.get()
  const items = ids.map((id) => ({ id, order: shell.index.order(id) }))
  const plan = reorderPlan(items, ids.indexOf(space), to)
  for (const [id, order] of plan) await shell.session.room(id)?.setAccountData(spaceOrderType, { order })
}

/** Declines an invite, and where wanted ignores who sent it. */
export async function declineInvite(session: Session, id: RoomID, block: UserID | undefined): Promise<void> {
  const room = session.room(id)
  // First of all nobody must be reached again; leaving may fail where the server of the room is gone.
  if (block !== undefined) await session.setIgnored(block, true)
  await room?.leave()
  await room?.forget()
}

/** Declines many invites, a few at a time; gives the number of those that could not be. */
export async function declineInvites(session: Session, rooms: readonly RoomID[]): Promise<number> {
  const waiting = [...rooms]
  let failed = 0
  const next = async (): Promise<void> => {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      try {
        await declineInvite(session, id, undefined)
      } catch {
        failed += 1
      }
    }
  }
  await Promise.all([next(), next(), next()])
  return failed
}

/** The full address of a route, for the clipboard. */
export function linkTo(route: Route): string {
  return `${location.origin}/${href(route)}`
}

/** Opens the conversation with a person, made where there is none. */
export async function openDirect(shell: ShellState, userId: UserID): Promise<void> {
  const room = await shell.session.directRoom([userId])
  navigate({ kind: "room", room, space: undefined, event: undefined, thread: undefined })
}

/** Leaves the screen of a room that is not there any more. */
export function leavePlace(shell: ShellState, space: RoomID | undefined) {
  navigate(space !== undefined && shell.index.isSpace(space) ? { kind: "space", space } : { kind: "home", section: undefined }, { replace: true })
}

/** A failure in words. */
export function failureText(error: unknown): string {
  return t("shell.failed", { reason: reasonOf(error) })
}
