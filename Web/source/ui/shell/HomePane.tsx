import { localpart } from "../../domain/rooms/roomName"
import { unreadMark } from "../../domain/rooms/unread"
import type { RoomID } from "../../matrix/contract/events"
import { useObservable } from "../bridge/useObservable"
import { Icon } from "../design"
import { t } from "../language/t"
import { roomRoute, useSummary } from "./hooks"
import { InviteCard } from "./InviteCard"
import { MarkBadge } from "./MarkBadge"
import { RoomAvatar } from "./RoomAvatar"
import { RouteLink } from "./RouteLink"
import { roomTitle } from "./roomTitle"
import { UnreadText } from "./UnreadText"
import { useShell, type ShellDialog } from "./ShellState"
import "./HomePane.css"

const listed = 8

/** What is shown at home while no conversation is open: invites, where one left off, and what one can do next. */
export function HomePane() {
  const shell = useShell()
  const { index, session, layout } = shell
  const profile = useObservable(session.profile(session.userId))
  const invites = useObservable(index.invites)
  const unread = useObservable(index.unreadRooms)
  const { recents } = useObservable(layout.state)
  const isReady = useObservable(index.isReady)
  const name = profile.displayName ?? localpart(session.userId)
  const left = recents.filter((id) => index.isCurrent(id) && !unread.includes(id)).slice(0, listed)
  const isNew = isReady && index.servers.size === 0 && index.directs.size === 0 && index.loose.size === 0 && index.favourites.size === 0
  const open = (kind: "new-message" | "create-server" | "switcher") => () => shell.dialog.set({ kind } as ShellDialog)
  return (
    <div className="home-pane">
      <h1>{t("shell.home.hello", { name })}</h1>
      <p className="home-pane-lead">{isNew ? t("shell.home.first") : t("shell.home.text")}</p>
      {invites.length > 0 && (
        <section aria-label={t("shell.direct.invites")}>
          <h2>{t("shell.direct.invites")}</h2>
          <ul className="home-pane-invites">{invites.slice(0, 3).map((id) => <li key={id}><InviteCard id={id} /></li>)}</ul>
        </section>
      )}
      {unread.length > 0 && <Rooms title={t("shell.home.unread")} rooms={unread.slice(0, listed)} />}
      {left.length > 0 && <Rooms title={t("shell.home.recent")} rooms={left} />}
      <ul className="home-pane-actions">
        <Action icon="message" title={t("shell.home.write")} text={t("shell.home.writeText")} onClick={open("new-message")} />
        <Action icon="plus" title={t("shell.home.server")} text={t("shell.home.serverText")} onClick={open("create-server")} />
        <li>
          <RouteLink className="home-pane-action" route={{ kind: "home", section: "discover" }}>
            <Icon name="compass" size={20} /><span><b>{t("shell.home.discover")}</b><span>{t("shell.home.discoverText")}</span></span>
          </RouteLink>
        </li>
        <Action icon="search" title={t("shell.home.jump")} text={t("shell.home.jumpText")} onClick={open("switcher")} />
      </ul>
    </div>
  )
}

function Action({ icon, title, text, onClick }: { icon: "message" | "plus" | "search"; title: string; text: string; onClick: () => void }) {
  return (
    <li>
      <button type="button" className="home-pane-action" onClick={onClick}><Icon name={icon} size={20} /><span><b>{title}</b><span>{text}</span></span></button>
    </li>
  )
}

function Rooms({ title, rooms }: { title: string; rooms: readonly RoomID[] }) {
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <ul className="home-pane-rooms">{rooms.map((id) => <RoomCard key={id} id={id} />)}</ul>
    </section>
  )
}

function RoomCard({ id }: { id: RoomID }) {
  const shell = useShell()
  const summary = useSummary(id)
  if (summary === undefined) return null
  const server = summary.isDirect ? undefined : shell.index.serverOf(id)
  const mark = unreadMark(summary)
  return (
    <li>
      <RouteLink className="home-pane-room" route={roomRoute(shell, id)} data-unread={mark.isUnread || undefined}>
        <RoomAvatar summary={summary} size={32} />
        <span className="home-pane-name"><span>{roomTitle(summary)}<UnreadText mark={mark} /></span>{server !== undefined && <span>{shell.index.summary(server)?.name}</span>}</span>
        <MarkBadge count={mark.badge} />
      </RouteLink>
    </li>
  )
}
