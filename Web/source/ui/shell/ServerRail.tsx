import { useState, type DragEvent } from "react"
import type { RoomID } from "../../matrix/contract/events"
import { useObservable } from "../bridge/useObservable"
import { Icon, Tooltip } from "../design"
import { t } from "../language/t"
import { failureText, moveServer } from "./actions"
import { MarkBadge } from "./MarkBadge"
import { MenuArea } from "./MenuArea"
import { serverMenu } from "./menuItems"
import { RoomAvatar } from "./RoomAvatar"
import { RouteLink } from "./RouteLink"
import { roomTitle } from "./roomTitle"
import { serverRoute, useSummary } from "./hooks"
import { usePlace } from "./usePlace"
import { useRoving } from "./useRoving"
import { useShell } from "./ShellState"
import { useFailure } from "./useFailure"
import "./ServerRail.css"

/** The servers of an account, one under the other. */
export function ServerRail({ isNarrow }: { isNarrow: boolean }) {
  const shell = useShell()
  const servers = useObservable(shell.index.servers)
  const { ref, onKeyDown, onFocus } = useRoving<HTMLElement>()
  const [drop, setDrop] = useState<{ id: RoomID; isAfter: boolean }>()
  const fail = useFailure()

  const dropped = (event: DragEvent) => {
    event.preventDefault()
    const id = event.dataTransfer.getData("text/x-martlet-server")
    const from = servers.indexOf(id)
    setDrop(undefined)
    if (drop === undefined || from < 0) return
    const target = servers.indexOf(drop.id) + (drop.isAfter ? 1 : 0)
    const to = target > from ? target - 1 : target
    if (to !== from) moveServer(shell, id, to).catch((error: unknown) => fail(failureText(error)))
  }

  return (
    <nav className="server-rail" aria-label={t("shell.servers")} data-landmark ref={ref} onKeyDown={onKeyDown} onFocus={onFocus}>
      <HomeButton />
      <hr className="server-rail-line" />
      <ul className="server-rail-list" onDrop={dropped} onDragLeave={(event) => { if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setDrop(undefined) }}>
        {servers.map((id) => (
          <ServerButton
            key={id} id={id} isNarrow={isNarrow} edge={drop?.id === id ? (drop.isAfter ? "after" : "before") : undefined}
            onDragOver={(isAfter) => { if (drop?.id !== id || drop.isAfter !== isAfter) setDrop({ id, isAfter }) }}
          />
        ))}
      </ul>
      <Tooltip text={t("shell.server.add")} side="end">
        <button type="button" className="server-rail-button server-rail-action" aria-label={t("shell.server.add")} data-roving onClick={() => shell.dialog.set({ kind: "create-server" })}>
          <Icon name="plus" size={20} />
        </button>
      </Tooltip>
      <Tooltip text={t("shell.server.discover")} side="end">
        <RouteLink className="server-rail-button server-rail-action" aria-label={t("shell.server.discover")} data-roving route={{ kind: "home", section: "discover" }}>
          <Icon name="compass" size={20} />
        </RouteLink>
      </Tooltip>
    </nav>
  )
}

function HomeButton() {
  const { index } = useShell()
  const route = usePlace()
  const unread = useObservable(index.homeUnread)
  const invites = useObservable(index.invites).length
  const isHere = route.kind === "home" || (route.kind === "room" && route.space === undefined)
  const badge = unread.notifications + invites
  return (
    <div className="server-rail-item" data-here={isHere || undefined} data-unread={unread.rooms > 0 || undefined}>
      <Tooltip text={t("shell.server.home")} side="end">
        <RouteLink className="server-rail-button server-rail-home" aria-current={isHere ? "page" : undefined} data-roving route={{ kind: "home", section: undefined }}>
          <Icon name="martlet" size={26} />
          <span className="visually-hidden">{t("shell.server.home")}{badge > 0 && `, ${t("shell.unreadMessages", { count: badge })}`}</span>
        </RouteLink>
      </Tooltip>
      <MarkBadge count={badge} />
    </div>
  )
}

function ServerButton({ id, isNarrow, edge, onDragOver }: { id: RoomID; isNarrow: boolean; edge: "before" | "after" | undefined; onDragOver: (isAfter: boolean) => void }) {
  const shell = useShell()
  const route = usePlace()
  const summary = useSummary(id)
  const unread = useObservable(shell.index.unread(id))
  useObservable(shell.layout.state)
  if (summary === undefined) return null
  const isHere = (route.kind === "space" || route.kind === "room") && route.space === id
  const isUnread = unread.rooms > 0 && !summary.isMuted
  const name = roomTitle(summary)
  return (
    <li className="server-rail-item" data-here={isHere || undefined} data-unread={isUnread || undefined} data-edge={edge} data-muted={summary.isMuted || undefined}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes("text/x-martlet-server")) return
        event.preventDefault()
        const box = event.currentTarget.getBoundingClientRect()
        onDragOver(event.clientY > box.top + box.height / 2)
      }}
    >
      <MenuArea items={() => serverMenu(shell, summary)}>
        <Tooltip text={name} side="end">
          <RouteLink className="server-rail-button" route={serverRoute(shell, id, isNarrow)} aria-current={isHere ? "page" : undefined} data-roving draggable
            onDragStart={(event) => {
              event.dataTransfer.setData("text/x-martlet-server", id)
              event.dataTransfer.effectAllowed = "move"
            }}
          >
            <RoomAvatar summary={summary} size={44} />
            <span className="visually-hidden">{name}{unread.highlights > 0 ? `, ${t("shell.mentions", { count: unread.highlights })}` : isUnread ? `, ${t("shell.unread")}` : ""}</span>
          </RouteLink>
        </Tooltip>
      </MenuArea>
      <MarkBadge count={unread.highlights} />
    </li>
  )
}
