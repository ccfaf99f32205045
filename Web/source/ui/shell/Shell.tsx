import { Suspense, useEffect, useMemo, useState, type ReactNode } from "react"
import type { RoomID } from "../../matrix/contract/events"
import { listWidths, panelWidths } from "../../domain/rooms/Layout"
import { usePlatform, useSession } from "../bridge/contexts"
import { useObservable } from "../bridge/useObservable"
import { Icon, IconButton, Kbd, Skeleton } from "../design"
import { t } from "../language/t"
import type { Route } from "../navigation/route"
import { currentRoute, navigate } from "../navigation/useRoute"
import { Discover } from "./parts"
import { serverRoute } from "./hooks"
import { HomeList } from "./HomeList"
import { HomePane } from "./HomePane"
import { Inbox } from "./Inbox"
import { MobileTabs, type MobileTab } from "./MobileTabs"
import { Resizer } from "./Resizer"
import { RoomColumn } from "./RoomColumn"
import { ServerColumn } from "./ServerColumn"
import { ServerPane } from "./ServerPane"
import { ServerRail } from "./ServerRail"
import { ShellDialogs } from "./ShellDialogs"
import { PlaceContext, useLastPlace, usePlace, type Place } from "./usePlace"
import { ShellContext, ShellState, useShell } from "./ShellState"
import { Sheet } from "./Sheet"
import { SideColumn, useSide } from "./SideColumn"
import { StatusLine } from "./StatusLine"
import { medium, narrow, useMedia } from "./useMedia"
import { useNotifications } from "./useNotifications"
import { useShellKeys } from "./useShellKeys"
import { useWishes } from "./useWishes"
import { UserPanel } from "./UserPanel"
import { YouScreen } from "./YouScreen"
import "./Shell.css"

/** In pixels. */
const membersWidth = 248

/** Everything around a conversation: servers, channels, members, search, inbox, and the ways between them. */
export function Shell() {
  const session = useSession()
  const platform = usePlatform()
  const shell = useMemo(() => new ShellState(session, platform.settings, (message, facts) => platform.log("warning", message, facts)), [session, platform])
  useEffect(() => {
    shell.start()
    return () => shell.stop()
  }, [shell])
  const place = useLastPlace()
  return (
    <ShellContext.Provider value={shell}>
      <PlaceContext.Provider value={place}>
        <Frame />
      </PlaceContext.Provider>
    </ShellContext.Provider>
  )
}

function Frame() {
  const shell = useShell()
  const isNarrow = useMedia(narrow)
  const isMedium = useMedia(medium)
  useShellKeys(shell, isNarrow)
  useNotifications(shell, useWishes())
  return (
    <div className="shell" data-width={isNarrow ? "narrow" : isMedium ? "medium" : "wide"}>
      <a className="visually-hidden" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById("main")?.focus() }}>{t("shell.skip")}</a>
      <StatusLine />
      {isNarrow ? <NarrowColumns /> : <WideColumns isMedium={isMedium} />}
      <ShellDialogs isNarrow={isNarrow} />
    </div>
  )
}

/** The server that the screen is in. */
function spaceOf(place: Place): RoomID | undefined {
  return place.kind === "home" ? undefined : place.space
}

function WideColumns({ isMedium }: { isMedium: boolean }) {
  const shell = useShell()
  const route = usePlace()
  const layout = useObservable(shell.layout.state)
  const space = spaceOf(route)
  const side = useSide(isMedium)
  return (
    <div className="shell-columns">
      <ServerRail isNarrow={false} />
      <div className="shell-list" style={{ width: layout.listWidth }}>
        <nav className="shell-list-body" aria-label={space === undefined ? t("shell.home") : t("shell.channels")} data-landmark>
          {space === undefined
            ? <HomeColumn isNarrow={false} />
            : <ServerColumn key={space} space={space} isNarrow={false} />}
          <Resizer width={layout.listWidth} bounds={listWidths} side="start" onChange={(listWidth) => shell.layout.change({ listWidth })} />
        </nav>
        <UserPanel />
      </div>
      <main className="shell-main" id="main" tabIndex={-1} aria-label={t("shell.main")} data-landmark><Main isNarrow={false} /></main>
      {side !== undefined && (
        <aside className="shell-side" data-over={isMedium || undefined} aria-label={side.kind === "thread" ? t("chat.thread.title") : t("shell.side")} data-landmark style={{ width: side.isMembers ? membersWidth : layout.panelWidth }}>
          {!side.isMembers && <Resizer width={layout.panelWidth} bounds={panelWidths} side="end" onChange={(panelWidth) => shell.layout.change({ panelWidth })} />}
          <SideColumn side={side} />
        </aside>
      )}
    </div>
  )
}

/** The second column at home. */
function HomeColumn({ isNarrow }: { isNarrow: boolean }) {
  const shell = useShell()
  return (
    <>
      {isNarrow && <h1 className="visually-hidden">{t("shell.tab.messages")}</h1>}
      <header className="shell-list-head">
        <JumpButton />
        <IconButton icon="plus" label={t("shell.direct.new")} onClick={() => shell.dialog.set({ kind: "new-message" })} />
      </header>
      <HomeList isNarrow={isNarrow} />
    </>
  )
}

function JumpButton() {
  const shell = useShell()
  return (
    <button type="button" className="shell-jump" onClick={() => shell.dialog.set({ kind: "switcher" })}>
      <Icon name="search" size={16} />{t("shell.switcher.title")}<Kbd keys="mod+k" />
    </button>
  )
}

/** The middle column. */
function Main({ isNarrow }: { isNarrow: boolean }) {
  const route = usePlace()
  switch (route.kind) {
    case "room":
      return <RoomColumn key={route.room} id={route.room} space={route.space} event={route.event} thread={route.thread} isNarrow={isNarrow} onBack={() => back(route.space)} />
    case "space":
      return <ServerPane key={route.space} space={route.space} isNarrow={isNarrow} />
    case "home":
      if (route.section === "inbox") return <Inbox />
      if (route.section === "discover") return <Suspense fallback={<Skeleton kind="rows" count={6} />}><Discover /></Suspense>
      return <HomePane />
  }
}

/** Closes what stands beside a conversation. */
function closeSide(shell: ShellState, place: Place) {
  shell.panel.set(undefined)
  shell.areMembersOpen.set(false)
  const now = currentRoute()
  // Going back from a thread has already left it.
  if (place.kind === "room" && place.thread !== undefined && now.kind === "room" && now.thread !== undefined) navigate({ ...place, thread: undefined, event: undefined }, { replace: true })
}

/** From a conversation to the list that it is in. */
function back(space: RoomID | undefined) {
  navigate(space === undefined ? { kind: "home", section: "direct" } : { kind: "space", space })
}

/** One column at a time: a list, or what was chosen from it; the tabs lead to the lists. */
function NarrowColumns() {
  const shell = useShell()
  const route = usePlace()
  // Going anywhere leaves what lay over the place before.
  useEffect(() => () => {
    shell.panel.set(undefined)
    shell.areMembersOpen.set(false)
  }, [shell, route])
  // The screen of oneself lies over the place one came from; going anywhere else leaves it.
  const [youOver, setYouOver] = useState<Place>()
  const isYou = youOver === route
  const side = useSide(true)
  const servers = useObservable(shell.index.servers)
  const { recents } = useObservable(shell.layout.state)
  const space = spaceOf(route)

  const isJoined = useObservable(shell.index.watch(space ?? ""))?.membership === "join"
  const isServer = route.kind === "space" && isJoined
  const isDirect = route.kind === "home" && route.section === "direct"
  const recent = recents.map((id) => shell.index.serverOf(id)).find((id) => id !== undefined)
  const target = space ?? recent ?? servers[0]
  const serversRoute: Route = target === undefined ? { kind: "home", section: undefined } : serverRoute(shell, target, true)
  const tab: MobileTab = isYou ? "you" : isDirect ? "messages" : route.kind === "home" && route.section === "inbox" ? "inbox" : "servers"
  const content: ReactNode = isYou ? <YouScreen />
    : isServer && space !== undefined ? (
      <>
        <ServerRail isNarrow />
        <main className="shell-list" id="main" tabIndex={-1} aria-label={t("shell.channels")}><div className="shell-list-body"><ServerColumn key={space} space={space} isNarrow /></div></main>
      </>
    )
    : isDirect ? <main className="shell-list" id="main" tabIndex={-1} aria-label={t("shell.home")}><div className="shell-list-body"><HomeColumn isNarrow /></div></main>
    : route.kind === "home" && route.section === undefined ? (
      <>
        <ServerRail isNarrow />
        <main className="shell-main" id="main" tabIndex={-1} aria-label={t("shell.main")}><HomePane /></main>
      </>
    )
    : <main className="shell-main" id="main" tabIndex={-1} aria-label={t("shell.main")}><Main isNarrow /></main>
  return (
    <>
      <div className="shell-columns">{content}</div>
      {(isServer || isYou || route.kind === "home") && <MobileTabs current={tab} serversRoute={serversRoute} onYou={() => setYouOver(route)} />}
      {side !== undefined && <Sheet key={side.kind} label={t("shell.side")} onClose={() => closeSide(shell, route)}><SideColumn side={side} /></Sheet>}
    </>
  )
}
