import { useEffect } from "react"
import type { RoomID } from "../../matrix/contract/events"
import { neighbour } from "../../domain/rooms/neighbour"
import { unreadOf } from "../../domain/rooms/unread"
import type { Route } from "../navigation/route"
import { currentRoute, navigate } from "../navigation/useRoute"
import { announce } from "../bridge/announce"
import { isLayerOpen, isModalOpen } from "../design"
import { t } from "../language/t"
import { homeRooms, roomRoute, serverRooms, serverRoute } from "./hooks"
import { moveToLandmark, shellCommand, type ShellCommand } from "./keys"
import type { ShellState } from "./ShellState"
import { medium } from "./useMedia"

/** Listens for the keys of the shell, wherever the focus is; dialogs and menus keep theirs. */
export function useShellKeys(shell: ShellState, isNarrow: boolean) {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const command = shellCommand(event)
      if (command === undefined || event.defaultPrevented || event.isComposing) return
      const { kind } = currentRoute()
      if (kind !== "home" && kind !== "space" && kind !== "room") return
      if (isModalOpen() && !(command === "switcher" && shell.dialog.get()?.kind === "switcher")) return
      if (command === "escape" && isLayerOpen()) return
      if (run(shell, command, isNarrow)) event.preventDefault()
    }
    addEventListener("keydown", pressed)
    return () => removeEventListener("keydown", pressed)
  }, [shell, isNarrow])
}

/** Runs a command; says whether there was anything to do. */
function run(shell: ShellState, command: ShellCommand, isNarrow: boolean): boolean {
  const route = currentRoute()
  const room = route.kind === "room" ? route.room : undefined
  const space = route.kind === "space" || route.kind === "room" ? route.space : undefined
  switch (command) {
    case "switcher":
      shell.dialog.update((dialog) => (dialog?.kind === "switcher" ? undefined : { kind: "switcher" }))
      return true
    case "shortcuts":
      shell.dialog.set({ kind: "shortcuts" })
      return true
    case "search":
      if (room === undefined) return false
      shell.panel.set({ kind: "search", room })
      return true
    case "search-everywhere":
      shell.panel.set({ kind: "search", room: undefined })
      return true
    case "members":
      toggleMembers(shell)
      return true
    case "inbox":
      navigate({ kind: "home", section: "inbox" })
      return true
    case "next-channel":
    case "previous-channel":
      return goTo(shell, neighbour(roomsOf(shell, space), room, command === "next-channel" ? 1 : -1), space)
    case "next-unread":
    case "previous-unread":
      return goToUnread(shell, room, space, command === "next-unread" ? 1 : -1)
    case "next-server":
    case "previous-server": {
      const places: readonly (RoomID | undefined)[] = [undefined, ...shell.index.servers.get()]
      const step = command === "next-server" ? 1 : -1
      const next = places[(places.indexOf(space) + step + places.length) % places.length]
      navigate(next === undefined ? { kind: "home", section: undefined } : serverRoute(shell, next, isNarrow))
      return true
    }
    case "escape":
      return escape(shell, route)
    case "next-landmark":
    case "previous-landmark":
      moveToLandmark(command === "next-landmark" ? 1 : -1)
      return true
  }
}

/** Closes the thread that is open, if any. */
export function closeThread(route: Route): boolean {
  if (route.kind !== "room" || route.thread === undefined) return false
  navigate({ ...route, thread: undefined, event: undefined })
  return true
}

/** Shows or hides the members: beside the conversation, or over it where there is no room for a third column. */
export function toggleMembers(shell: ShellState) {
  if (matchMedia(medium).matches) {
    const isThread = closeThread(currentRoute())
    const isOpen = shell.areMembersOpen.get() && shell.panel.get() === undefined && !isThread
    shell.panel.set(undefined)
    return shell.areMembersOpen.set(!isOpen)
  }
  const areShown = !closeThread(currentRoute()) && shell.layout.state.get().areMembersShown && shell.panel.get() === undefined
  shell.panel.set(undefined)
  shell.layout.change({ areMembersShown: !areShown })
}

function roomsOf(shell: ShellState, space: RoomID | undefined): readonly RoomID[] {
  return space === undefined ? homeRooms(shell) : serverRooms(shell.session, shell, space)
}

function goTo(shell: ShellState, room: RoomID | undefined, space: RoomID | undefined): boolean {
  if (room === undefined) return false
  navigate({ kind: "room", room, space, event: undefined, thread: undefined })
  return true
}

function goToUnread(shell: ShellState, room: RoomID | undefined, space: RoomID | undefined, step: 1 | -1): boolean {
  const isUnread = (id: RoomID) => {
    const summary = shell.index.summary(id)
    const sum = summary === undefined ? undefined : unreadOf(summary)
    return sum !== undefined && (sum.rooms > 0 || sum.highlights > 0)
  }
  const here = neighbour(roomsOf(shell, space), room, step, isUnread)
  if (here !== undefined) return goTo(shell, here, space)
  const elsewhere = shell.index.unreadRooms.get().find((id) => id !== room)
  if (elsewhere === undefined) return false
  navigate(roomRoute(shell, elsewhere))
  return true
}

function escape(shell: ShellState, route: Route): boolean {
  // A search lies over a thread, a thread over the other panels.
  if (shell.panel.get()?.kind !== "search" && closeThread(route)) return true
  if (shell.panel.get() !== undefined) {
    shell.panel.set(undefined)
    return true
  }
  if (shell.areMembersOpen.get()) {
    shell.areMembersOpen.set(false)
    return true
  }
  if (route.kind !== "room") return false
  const room = shell.session.room(route.room)
  const summary = room?.summary.get()
  if (room === undefined || summary?.membership !== "join" || (!summary.unread.isUnread && !summary.unread.isMarked)) return false
  void room.markRead().then(() => announce(t("shell.announce.read")), () => undefined)
  return true
}
