import { useMemo } from "react"
import { derived, type Observable } from "../../matrix/base/observable"
import type { RoomID } from "../../matrix/contract/events"
import type { RoomIndex } from "../../domain/rooms/RoomIndex"
import { useObservable } from "../bridge/useObservable"
import { Button, Icon, Skeleton, VirtualList } from "../design"
import { t } from "../language/t"
import { DirectRow } from "./DirectRow"
import { InviteRow } from "./InviteRow"
import { MarkBadge } from "./MarkBadge"
import { RouteLink } from "./RouteLink"
import { usePlace } from "./usePlace"
import { useVirtualRoving } from "./useVirtualRoving"
import { useShell } from "./ShellState"
import "./HomeList.css"

type Section = "favourites" | "messages" | "rooms" | "lowPriority" | "invites" | "knocks"
type Row =
  | { readonly kind: "heading"; readonly key: string; readonly section: Section }
  | { readonly kind: "room" | "invite"; readonly key: string; readonly room: RoomID }
  | { readonly kind: "more"; readonly key: string; readonly count: number }

/** Further invites are in the inbox: a flood of them must not push the conversations away. */
const inviteLimit = 4

/** The rows of the home list: what waits for an answer first, then favourites, people, rooms and what matters less. */
function homeRows(index: RoomIndex): Observable<readonly Row[]> {
  const { invites, knocks, favourites, directs, loose, lowPriority } = index
  return derived([invites, knocks, favourites, directs, loose, lowPriority], () => {
    const rows: Row[] = []
    const add = (section: Section, rooms: readonly RoomID[], kind: "room" | "invite") => {
      if (rooms.length === 0) return
      rows.push({ kind: "heading", key: section, section })
      for (const room of rooms) rows.push({ kind, key: room, room })
    }
    const waiting = invites.get()
    add("invites", waiting.slice(0, inviteLimit), "invite")
    if (waiting.length > inviteLimit) rows.push({ kind: "more", key: "more", count: waiting.length })
    add("knocks", knocks.get(), "invite")
    add("favourites", favourites.get(), "room")
    add("messages", directs.get(), "room")
    add("rooms", loose.get(), "room")
    add("lowPriority", lowPriority.get(), "room")
    return rows
  })
}

/** Direct messages, rooms of no server and what waits for an answer. */
export function HomeList({ isNarrow }: { isNarrow: boolean }) {
  const shell = useShell()
  const route = usePlace()
  const rows = useObservable(useMemo(() => homeRows(shell.index), [shell]))
  const isReady = useObservable(shell.index.isReady)
  const current = route.kind === "room" ? route.room : undefined
  const { ref, list, onKeyDown, onFocus } = useVirtualRoving<Row, HTMLDivElement>(rows, (row) => row.kind !== "heading")
  const section = route.kind === "home" ? route.section : undefined
  const mentions = useObservable(shell.index.totalUnread).highlights

  return (
    <div className="home-list">
      {!isNarrow && <RouteLink className="home-list-place" route={{ kind: "home", section: "inbox" }} aria-current={section === "inbox" ? "page" : undefined}>
        <Icon name="inbox" size={20} />
        <span>{t("shell.inbox.title")}</span>
        <MarkBadge count={mentions} />
        {mentions > 0 && <span className="visually-hidden">, {t("shell.mentions", { count: mentions })}</span>}
      </RouteLink>}
      {!isReady && <Skeleton kind="rows" count={6} />}
      {isReady && rows.length === 0 && (
        <div className="home-list-empty">
          <h3>{t("shell.direct.empty")}</h3>
          <p>{t("shell.direct.emptyText")}</p>
          <Button size="small" onClick={() => shell.dialog.set({ kind: "new-message" })}>{t("shell.direct.new")}</Button>
        </div>
      )}
      <div className="home-list-rows" ref={ref} onKeyDown={onKeyDown} onFocus={onFocus}>
      <VirtualList
        ref={list} items={rows} keyOf={(row) => row.key} estimatedSize={(row) => (row.kind === "heading" ? 32 : 48)} label={t("shell.home")}
        renderItem={(row) => {
          if (row.kind === "heading") return <h2 className="home-list-heading">{t(`shell.direct.${row.section}`)}</h2>
          if (row.kind === "more") {
            return (
              <RouteLink className="home-list-more" data-roving route={{ kind: "home", section: "inbox" }} onClick={() => shell.inboxSection.set("invites")}>
                {t("shell.direct.moreInvites", { count: row.count })}
              </RouteLink>
            )
          }
          return row.kind === "invite" ? <InviteRow id={row.room} isCurrent={row.room === current} /> : <DirectRow id={row.room} isCurrent={row.room === current} />
        }}
      />
      </div>
    </div>
  )
}
