import type { RoomID } from "../../matrix/contract/events"
import type { RoomSummary } from "../../matrix/contract/room"
import { roomKind } from "../../domain/rooms/roomKind"
import { unreadMark } from "../../domain/rooms/unread"
import { useObservable } from "../bridge/useObservable"
import { Icon, IconButton } from "../design"
import { t } from "../language/t"
import { navigate } from "../navigation/useRoute"
import { KindIcon } from "./KindIcon"
import { useHasDraft } from "./hooks"
import { RoomBadge } from "./MarkBadge"
import { MenuArea } from "./MenuArea"
import { roomMenu } from "./menuItems"
import { RouteLink } from "./RouteLink"
import { roomTitle } from "./roomTitle"
import { UnreadText } from "./UnreadText"
import { useShell } from "./ShellState"

/** A joined channel in the list of its server. */
export function ChannelRow({ space, summary, isCurrent }: { space: RoomID; summary: RoomSummary; isCurrent: boolean }) {
  const shell = useShell()
  const room = shell.session.room(summary.id)
  const powerLevels = useObservable(room?.state("m.room.power_levels"))
  const typing = useObservable(room?.typing) ?? []
  const permissions = useObservable(room?.permissions)
  const mark = unreadMark(summary)
  const hasDraft = useHasDraft(summary.id) && !isCurrent
  const name = roomTitle(summary)
  const isTyping = typing.some((id) => id !== shell.session.userId)
  const kind = roomKind(summary, powerLevels)
  return (
    <li className="channel-list-row" data-here={isCurrent || undefined} data-unread={(mark.isUnread && !summary.isMuted) || undefined} data-muted={summary.isMuted || undefined} data-roving-row>
      <MenuArea items={() => roomMenu(shell, summary)}>
        <RouteLink className="channel-list-link" data-roving aria-current={isCurrent ? "page" : undefined} route={{ kind: "room", room: summary.id, space, event: undefined, thread: undefined }}>
          <KindIcon kind={kind} />
          <span className="channel-list-name">{name}</span>
          <UnreadText mark={mark} />
          {summary.isMuted && <span className="visually-hidden">, {t("shell.muted")}</span>}
          {isTyping && <span className="channel-list-typing"><span className="visually-hidden">, {t("shell.typing")}</span></span>}
          {hasDraft && <Icon name="edit" size={14} label={t("shell.draft")} />}
          <RoomBadge mark={mark} />
          {summary.isMuted && <Icon name="bell-off" size={14} />}
        </RouteLink>
      </MenuArea>
      <span className="channel-list-actions">
        {permissions?.canInvite === true && (
          <IconButton icon="user-plus" size="small" label={t("shell.channel.invite")} data-roving-action onClick={() => shell.dialog.set({ kind: "invite", room: summary.id })} />
        )}
        {permissions?.canSendState("m.room.name") === true && (
          <IconButton icon="gear" size="small" label={t("shell.channel.settings")} data-roving-action onClick={() => navigate({ kind: "room-settings", room: summary.id, page: undefined })} />
        )}
      </span>
    </li>
  )
}
