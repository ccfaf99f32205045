import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react"
import { constant, type Observable } from "../../matrix/base/observable"
import type { RoomID } from "../../matrix/contract/events"
import type { RoomSummary } from "../../matrix/contract/room"
import type { Session } from "../../matrix/contract/session"
import { channelList, type ChannelList } from "../../domain/rooms/channels"
import type { SpaceHierarchy } from "../../domain/rooms/SpaceHierarchy"
import { useObservable } from "../bridge/useObservable"
import type { Route } from "../navigation/route"
import { useShell, type ShellState } from "./ShellState"

/** The summary of a room, undefined while it is not known. */
export function useSummary(id: RoomID): RoomSummary | undefined {
  return useObservable(useShell().index.watch(id))
}

/** Whether something is being written in a room. */
export function useHasDraft(id: RoomID): boolean {
  const { drafts } = useShell()
  const subscribe = useCallback((listener: () => void) => drafts.subscribe(listener), [drafts])
  return useSyncExternalStore(subscribe, () => drafts.get().has(id))
}

const noChannels: Observable<ChannelList> = constant({ categories: [], joined: [] })

/** The channels of a server with what the server tells of those not joined, which is loaded on first sight and when the hierarchy changed. */
export function useChannels(space: RoomID): { list: ChannelList; hierarchy: SpaceHierarchy } {
  const { index, session } = useShell()
  const shell = useShell()
  const isKnown = useObservable(index.watch(space))?.membership === "join"
  const hierarchy = shell.hierarchy(space)
  const structure = useObservable(index.structure(space))
  const channels = useMemo(() => (isKnown ? channelList(session, index, space, hierarchy) : noChannels), [session, index, space, hierarchy, isKnown])
  useEffect(() => {
    if (!isKnown) return undefined
    // A community that is being set up changes many times in a second.
    const wait = setTimeout(() => void hierarchy.load(), hierarchy.state.get() === "idle" ? 0 : 1500)
    return () => clearTimeout(wait)
  }, [hierarchy, isKnown, structure])
  return { list: useObservable(channels), hierarchy }
}

/** Rooms of the home list in the order in which they stand there. */
export function homeRooms(shell: ShellState): readonly RoomID[] {
  const { favourites, directs, loose, lowPriority } = shell.index
  return [...favourites.get(), ...directs.get(), ...loose.get(), ...lowPriority.get()]
}

/** Joined rooms of a server in the order in which they stand in its list. */
export function serverRooms(session: Session, shell: ShellState, space: RoomID): readonly RoomID[] {
  return channelList(session, shell.index, space, shell.hierarchy(space)).get().joined
}

/** The route that shows a room where it belongs: in its server, or at home. */
export function roomRoute(shell: ShellState, room: RoomID, part: { event?: string | undefined; thread?: string | undefined } = {}): Route {
  const summary = shell.index.summary(room)
  const space = summary?.isDirect === true || shell.index.favourites.has(room) && shell.index.serverOf(room) === undefined ? undefined : shell.index.serverOf(room)
  if (summary?.type === "m.space" && summary.membership === "join") return { kind: "space", space: room }
  return { kind: "room", room, space, event: part.event, thread: part.thread }
}

/** The route that shows a server: with the channel that was open last, if it is still there, on wide screens. */
export function serverRoute(shell: ShellState, space: RoomID, isNarrow: boolean): Route {
  const last = shell.layout.state.get().lastRooms[space]
  if (!isNarrow && last !== undefined && shell.index.isCurrent(last)) return { kind: "room", room: last, space, event: undefined, thread: undefined }
  return { kind: "space", space }
}
