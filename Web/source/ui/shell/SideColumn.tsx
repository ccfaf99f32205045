import { Suspense } from "react"
import type { RoomID } from "../../matrix/contract/events"
import type { Room, RoomSummary } from "../../matrix/contract/room"
import { personOf } from "../../domain/rooms/roomName"
import { useObservable } from "../bridge/useObservable"
import { Skeleton } from "../design"
import { t } from "../language/t"
import { navigate } from "../navigation/useRoute"
import { MemberList } from "./MemberList"
import { PinnedPanel, ThreadPanel, ThreadsPanel } from "./parts"
import { RoomInfo } from "./RoomInfo"
import { SearchPanel } from "./SearchPanel"
import { SidePanel } from "./SidePanel"
import { usePlace } from "./usePlace"
import { useShell } from "./ShellState"

/** What stands beside the conversation. */
export type Side =
  | { readonly isMembers: true; readonly kind: "members"; readonly room: Room; readonly space: RoomID | undefined; readonly isSheet: boolean }
  | { readonly isMembers: false; readonly kind: "thread"; readonly room: Room; readonly root: string }
  | { readonly isMembers: false; readonly kind: "search"; readonly room: RoomID | undefined }
  | { readonly isMembers: false; readonly kind: "threads" | "pins"; readonly room: Room }
  | { readonly isMembers: false; readonly kind: "info"; readonly summary: RoomSummary }

const none = { get: () => undefined, subscribe: () => () => undefined }

/** What stands beside the conversation now: an open thread before a panel, a panel before the members. */
export function useSide(isOver: boolean): Side | undefined {
  const shell = useShell()
  const route = usePlace()
  const panel = useObservable(shell.panel)
  const layout = useObservable(shell.layout.state)
  const areMembersOpen = useObservable(shell.areMembersOpen)
  const id = route.kind === "room" ? route.room : undefined
  const summary = useObservable(id === undefined ? none : shell.index.watch(id)) as RoomSummary | undefined
  const room = id === undefined ? undefined : shell.session.room(id)
  if (panel?.kind === "search" && !(panel.room !== undefined && panel.room !== id)) return { isMembers: false, kind: "search", room: panel.room }
  if (route.kind !== "room" || room === undefined || summary?.membership !== "join") return undefined
  if (route.thread !== undefined) return { isMembers: false, kind: "thread", room, root: route.thread }
  if (panel?.kind === "threads" || panel?.kind === "pins") return { isMembers: false, kind: panel.kind, room }
  if (panel?.kind === "info") return { isMembers: false, kind: "info", summary }
  const isShown = isOver ? areMembersOpen : layout.areMembersShown && personOf(summary) === undefined
  return isShown ? { isMembers: true, kind: "members", room, space: route.space, isSheet: isOver } : undefined
}

/** The column at the end. */
export function SideColumn({ side }: { side: Side }) {
  const shell = useShell()
  const route = usePlace()
  const close = () => shell.panel.set(undefined)
  switch (side.kind) {
    case "members": {
      if (!side.isSheet) return <MemberList key={side.room.id} room={side.room} space={side.space} />
      return (
        <SidePanel title={t("shell.members.title")} onClose={() => shell.areMembersOpen.set(false)}>
          <MemberList key={side.room.id} room={side.room} space={side.space} />
        </SidePanel>
      )
    }
    case "search":
      return <SidePanel title={t("shell.search.title")} onClose={close}><SearchPanel key={side.room ?? ""} room={side.room} /></SidePanel>
    case "info":
      return <SidePanel title={t("shell.info.title")} onClose={close}><RoomInfo summary={side.summary} /></SidePanel>
    case "thread": {
      const closeThread = () => {
        if (route.kind === "room") navigate({ ...route, thread: undefined, event: undefined })
      }
      return <Suspense fallback={<Skeleton kind="rows" count={4} />}><ThreadPanel key={side.root} room={side.room} root={side.root} onClose={closeThread} /></Suspense>
    }
    case "threads":
      return <SidePanel title={t("shell.room.threads")} onClose={close}><Suspense fallback={<Skeleton kind="rows" count={4} />}><ThreadsPanel room={side.room} onClose={close} /></Suspense></SidePanel>
    case "pins":
      return <SidePanel title={t("shell.room.pins")} onClose={close}><Suspense fallback={<Skeleton kind="rows" count={4} />}><PinnedPanel room={side.room} onClose={close} /></Suspense></SidePanel>
  }
}
