import type { RoomID } from "../../matrix/contract/events"
import type { RoomSummary } from "../../matrix/contract/room"
import type { Category } from "../../domain/rooms/channels"
import { unreadOf } from "../../domain/rooms/unread"
import type { IconName } from "../design/iconPaths"
import { announce } from "../bridge/announce"
import { t } from "../language/t"
import { navigate } from "../navigation/useRoute"
import { linkTo, markAllRead, markRead, moveServer } from "./actions"
import { roomRoute } from "./hooks"
import { roomTitle } from "./roomTitle"
import type { ShellState } from "./ShellState"

/** An entry of a menu of the shell. */
export type ShellMenuItem =
  | { readonly kind: "item"; readonly key: string; readonly label: string; readonly icon?: IconName; readonly isDanger?: boolean; readonly isDisabled?: boolean; readonly run: () => Promise<void> | void }
  | { readonly kind: "choice"; readonly key: string; readonly label: string; readonly hint?: string; readonly isChosen: boolean; readonly run: () => Promise<void> | void }
  | { readonly kind: "check"; readonly key: string; readonly label: string; readonly isChosen: boolean; readonly run: () => Promise<void> | void }
  | { readonly kind: "line"; readonly key: string }

/** The menu of a server. */
export function serverMenu(shell: ShellState, summary: RoomSummary): ShellMenuItem[] {
  const { index, session } = shell
  const id = summary.id
  const room = session.room(id)
  const permissions = room?.permissions.get()
  const servers = index.servers.get()
  const place = servers.indexOf(id)
  const move = (to: number) => async () => {
    await moveServer(shell, id, to)
    announce(t("shell.server.moved", { name: roomTitle(summary), place: to + 1, count: servers.length }))
  }
  const items: ShellMenuItem[] = [
    { kind: "item", key: "read", label: t("shell.server.markRead"), icon: "check", isDisabled: index.unread(id).get().rooms === 0 && index.unread(id).get().highlights === 0, run: async () => { await markAllRead(session, index.roomsBelow(id)) } },
    { kind: "item", key: "mute", label: summary.isMuted ? t("shell.server.unmute") : t("shell.server.mute"), icon: summary.isMuted ? "bell" : "bell-off", run: () => room?.setNotifications(summary.isMuted ? "default" : "mute") },
    { kind: "item", key: "link", label: t("shell.server.copyLink"), icon: "link", run: () => navigator.clipboard.writeText(linkTo({ kind: "space", space: id })) },
    { kind: "line", key: "line-1" },
  ]
  if (permissions?.canInvite === true) items.push({ kind: "item", key: "invite", label: t("shell.server.invite"), icon: "user-plus", run: () => shell.dialog.set({ kind: "invite", room: id }) })
  if (permissions?.canSendState("m.space.child") === true) items.push({ kind: "item", key: "create", label: t("shell.server.createChannel"), icon: "plus", run: () => shell.dialog.set({ kind: "create-channel", room: id }) })
  items.push({ kind: "item", key: "settings", label: t("shell.server.settings"), icon: "gear", run: () => navigate({ kind: "room-settings", room: id, page: undefined }) })
  if (place >= 0 && servers.length > 1) {
    items.push(
      { kind: "item", key: "up", label: t("shell.server.moveUp"), icon: "arrow-up", isDisabled: place === 0, run: move(place - 1) },
      { kind: "item", key: "down", label: t("shell.server.moveDown"), icon: "arrow-down", isDisabled: place === servers.length - 1, run: move(place + 1) },
    )
  }
  items.push({ kind: "line", key: "line-2" }, { kind: "item", key: "leave", label: t("shell.server.leave"), icon: "log-out", isDanger: true, run: () => shell.dialog.set({ kind: "leave", room: id }) })
  return items
}

/** The menu of a category. */
export function categoryMenu(shell: ShellState, space: RoomID, category: Category): ShellMenuItem[] {
  const rooms = category.channels.filter((channel) => channel.membership === "join").map((channel) => channel.id)
  const isUnread = rooms.some((id) => {
    const summary = shell.index.summary(id)
    return summary !== undefined && (unreadOf(summary).rooms > 0 || unreadOf(summary).highlights > 0)
  })
  const isCollapsed = shell.layout.isCollapsed(space, category.id)
  const name = category.name ?? ""
  return [
    { kind: "item", key: "read", label: t("shell.server.markRead"), icon: "check", isDisabled: !isUnread, run: async () => { await markAllRead(shell.session, rooms) } },
    { kind: "item", key: "toggle", label: t(isCollapsed ? "shell.category.expand" : "shell.category.collapse", { name }), icon: isCollapsed ? "expand" : "collapse", run: () => shell.layout.setCollapsed(space, category.id, !isCollapsed) },
  ]
}

/** The choices of how much a room notifies. */
export function notificationItems(shell: ShellState, summary: RoomSummary): ShellMenuItem[] {
  const room = shell.session.room(summary.id)
  const choice = (level: RoomSummary["notifications"], label: string, hint?: string): ShellMenuItem =>
    ({ kind: "choice", key: level, label, ...(hint === undefined ? {} : { hint }), isChosen: summary.notifications === level, run: () => room?.setNotifications(level) })
  return [
    choice("default", t("shell.notify.default"), t("shell.notify.defaultHint")), choice("all", t("shell.notify.all")), choice("mentions", t("shell.notify.mentions")), choice("mute", t("shell.notify.mute")),
  ]
}

/** The menu of a room in a list. */
export function roomMenu(shell: ShellState, summary: RoomSummary): ShellMenuItem[] {
  const id: RoomID = summary.id
  const room = shell.session.room(id)
  if (room === undefined || summary.membership !== "join") return []
  const unread = unreadOf(summary)
  const isUnread = unread.rooms > 0 || unread.highlights > 0
  const isFavourite = summary.tags.has("m.favourite")
  const isLow = summary.tags.has("m.lowpriority")
  const items: ShellMenuItem[] = [
    isUnread
      ? { kind: "item", key: "read", label: t("shell.channel.markRead"), icon: "check", run: () => markRead(shell.session, id) }
      : { kind: "item", key: "unread", label: t("shell.channel.markUnread"), icon: "circle-dot", run: () => room.markUnread(true) },
    { kind: "item", key: "mute", label: summary.isMuted ? t("shell.channel.unmute") : t("shell.channel.mute"), icon: summary.isMuted ? "bell" : "bell-off", run: () => room.setNotifications(summary.isMuted ? "default" : "mute") },
    { kind: "item", key: "favourite", label: isFavourite ? t("shell.channel.unfavourite") : t("shell.channel.favourite"), icon: "star", run: () => isFavourite ? room.removeTag("m.favourite") : room.setTag("m.favourite", 0.5) },
  ]
  if (shell.index.serverOf(id) === undefined || summary.isDirect) {
    items.push({ kind: "item", key: "low", label: isLow ? t("shell.channel.normalPriority") : t("shell.channel.lowPriority"), icon: "arrow-down", run: () => isLow ? room.removeTag("m.lowpriority") : room.setTag("m.lowpriority", 0.5) })
  }
  items.push({ kind: "item", key: "link", label: t("shell.channel.copyLink"), icon: "link", run: () => navigator.clipboard.writeText(linkTo(roomRoute(shell, id))) }, { kind: "line", key: "line-1" })
  if (room.permissions.get().canInvite) items.push({ kind: "item", key: "invite", label: t("shell.channel.invite"), icon: "user-plus", run: () => shell.dialog.set({ kind: "invite", room: id }) })
  items.push({ kind: "item", key: "settings", label: t("shell.channel.settings"), icon: "gear", run: () => navigate({ kind: "room-settings", room: id, page: undefined }) })
  items.push({ kind: "item", key: "leave", label: summary.isDirect ? t("shell.direct.leave") : t("shell.channel.leave"), icon: "log-out", isDanger: true, run: () => shell.dialog.set({ kind: "leave", room: id }) })
  return items
}
