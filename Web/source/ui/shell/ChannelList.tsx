import type { RoomID } from "../../matrix/contract/events"
import type { Category, Channel } from "../../domain/rooms/channels"
import { unreadMark } from "../../domain/rooms/unread"
import { useObservable } from "../bridge/useObservable"
import { Button, Icon, IconButton, Skeleton } from "../design"
import { t } from "../language/t"
import { ChannelRow } from "./ChannelRow"
import { useChannels } from "./hooks"
import { JoinableRow } from "./JoinableRow"
import { MenuArea } from "./MenuArea"
import { categoryMenu } from "./menuItems"
import { usePlace } from "./usePlace"
import { useRoving } from "./useRoving"
import { useShell } from "./ShellState"
import "./ChannelList.css"

/** The channels of a server in their categories. */
export function ChannelList({ space }: { space: RoomID }) {
  const { list, hierarchy } = useChannels(space)
  const shell = useShell()
  const state = useObservable(hierarchy.state)
  const route = usePlace()
  const { ref, onKeyDown, onFocus } = useRoving<HTMLDivElement>()
  const current = route.kind === "room" ? route.room : undefined
  const canCreate = shell.session.room(space)?.permissions.get().canSendState("m.space.child") === true
  const isEmpty = list.categories.every((category) => category.channels.length === 0)

  if (isEmpty && state !== "loaded" && state !== "failed") return <Skeleton kind="rows" count={8} />
  return (
    <div className="channel-list" ref={ref} onKeyDown={onKeyDown} onFocus={onFocus}>
      {isEmpty && <EmptyServer space={space} canCreate={canCreate} />}
      {list.categories.map((category) => <CategoryBlock key={category.id} space={space} category={category} current={current} canCreate={canCreate} />)}
      {state === "failed" && (
        <div className="channel-list-failed" role="status">
          <p>{t("shell.server.loadFailed")}</p>
          <Button size="small" onClick={() => void hierarchy.load()}>{t("common.retry")}</Button>
        </div>
      )}
    </div>
  )
}

function EmptyServer({ space, canCreate }: { space: RoomID; canCreate: boolean }) {
  const shell = useShell()
  const name = shell.index.summary(space)?.name ?? ""
  return (
    <div className="channel-list-empty">
      <h3>{t("shell.server.empty")}</h3>
      <p>{canCreate ? t("shell.server.emptyCreate") : t("shell.server.emptyText", { name })}</p>
      {canCreate && <Button variant="primary" size="small" onClick={() => shell.dialog.set({ kind: "create-channel", room: space })}>{t("shell.server.createChannel")}</Button>}
    </div>
  )
}

function CategoryBlock({ space, category, current, canCreate }: { space: RoomID; category: Category; current: RoomID | undefined; canCreate: boolean }) {
  const shell = useShell()
  const layout = useObservable(shell.layout.state)
  const isCollapsed = category.name !== undefined && layout.collapsed.includes(`${space} ${category.id}`)
  const name = category.name ?? ""
  return (
    <section className="channel-list-category" aria-label={category.name}>
      {category.name !== undefined && (
        <div className="channel-list-heading" data-roving-row>
          <MenuArea items={() => categoryMenu(shell, space, category)}>
            <button type="button" className="channel-list-toggle" data-roving aria-expanded={!isCollapsed} onClick={() => shell.layout.setCollapsed(space, category.id, !isCollapsed)}>
              <Icon name="chevron-down" size={12} />
              <span className="channel-list-name">{name}</span>
            </button>
          </MenuArea>
          {canCreate && category.space === undefined && (
            <IconButton icon="plus" size="small" label={t("shell.category.create", { name })} data-roving-action onClick={() => shell.dialog.set({ kind: "create-channel", room: space, category: category.id })} />
          )}
        </div>
      )}
      <ul>
        {category.channels.map((channel) => <ChannelItem key={channel.id} space={space} channel={channel} parent={category.space} isCurrent={channel.id === current} isCollapsed={isCollapsed} />)}
      </ul>
    </section>
  )
}

/** A channel; in a closed category only the open one and those with something unread are shown. */
function ChannelItem({ space, channel, parent, isCurrent, isCollapsed }: { space: RoomID; channel: Channel; parent: RoomID | undefined; isCurrent: boolean; isCollapsed: boolean }) {
  const shell = useShell()
  const summary = useObservable(shell.index.watch(channel.id))
  if (channel.membership !== "join" || summary === undefined) {
    return isCollapsed && !isCurrent ? null : <JoinableRow space={space} channel={channel} parent={parent} isCurrent={isCurrent} />
  }
  const mark = unreadMark(summary)
  if (isCollapsed && !isCurrent && mark.badge === 0 && (!mark.isUnread || summary.isMuted)) return null
  return <ChannelRow space={space} summary={summary} isCurrent={isCurrent} />
}
