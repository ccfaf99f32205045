import type { RoomID } from "../../matrix/contract/events"
import type { RoomSummary } from "../../matrix/contract/room"
import { gist } from "../../domain/notifications/gist"
import { memberName, personOf } from "../../domain/rooms/roomName"
import { unreadMark } from "../../domain/rooms/unread"
import { useObservable } from "../bridge/useObservable"
import { Icon } from "../design"
import { t } from "../language/t"
import { gistText } from "./gistText"
import { RoomBadge } from "./MarkBadge"
import { MenuArea } from "./MenuArea"
import { roomMenu } from "./menuItems"
import { RoomAvatar } from "./RoomAvatar"
import { RouteLink } from "./RouteLink"
import { roomTitle } from "./roomTitle"
import { UnreadText } from "./UnreadText"
import { useHasDraft, useSummary } from "./hooks"
import { useShell } from "./ShellState"

/** A conversation in the home list. */
export function DirectRow({ id, isCurrent }: { id: RoomID; isCurrent: boolean }) {
  const shell = useShell()
  const summary = useSummary(id)
  const hasDraft = useHasDraft(id) && !isCurrent
  if (summary === undefined) return null
  const mark = unreadMark(summary)
  const person = personOf(summary)
  const server = summary.isDirect ? undefined : shell.index.serverOf(id)
  const title = roomTitle(summary)
  return (
    <div className="direct-row" data-here={isCurrent || undefined} data-unread={(mark.isUnread && !summary.isMuted) || undefined} data-muted={summary.isMuted || undefined} data-roving-row>
      <MenuArea items={() => roomMenu(shell, summary)}>
        <RouteLink className="direct-row-link" data-roving aria-current={isCurrent ? "page" : undefined} route={{ kind: "room", room: id, space: summary.isDirect ? undefined : server, event: undefined, thread: undefined }}>
          <span className="direct-row-picture"><RoomAvatar summary={summary} size={32} hasPresence /></span>
          <span className="direct-row-text">
            <span className="direct-row-name">{title}<UnreadText mark={mark} /></span>
            <SecondLine summary={summary} person={person} />
          </span>
          {hasDraft && <Icon name="edit" size={14} label={t("shell.draft")} />}
          <RoomBadge mark={mark} />
          {summary.isMuted && <Icon name="bell-off" size={14} />}
        </RouteLink>
      </MenuArea>
    </div>
  )
}

function SecondLine({ summary, person }: { summary: RoomSummary; person: string | undefined }) {
  const { session } = useShell()
  const presence = useObservable(person === undefined ? undefined : session.presence(person))
  const last = summary.lastMessage
  if (last === undefined) {
    const status = presence?.statusMessage
    return status === undefined || status === "" ? null : <span className="direct-row-line">{status}</span>
  }
  const text = gistText(gist(last))
  const isMine = last.sender === session.userId
  const sender = summary.heroes.find((hero) => hero.userId === last.sender)
  const line = isMine ? t("shell.gist.you", { text }) : person !== undefined || sender === undefined ? text : t("shell.gist.somebody", { name: memberName(sender), text })
  return <span className="direct-row-line">{line}</span>
}
