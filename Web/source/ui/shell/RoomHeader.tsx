import type { RoomSummary } from "../../matrix/contract/room"
import { roomKind } from "../../domain/rooms/roomKind"
import { personOf } from "../../domain/rooms/roomName"
import { useObservable } from "../bridge/useObservable"
import { Icon, IconButton, Popover, Tooltip } from "../design"
import { t } from "../language/t"
import { navigate } from "../navigation/useRoute"
import { KindIcon } from "./KindIcon"
import { LinkedText } from "./LinkedText"
import { MenuButton } from "./MenuButton"
import { notificationItems, roomMenu } from "./menuItems"
import { RoomAvatar } from "./RoomAvatar"
import { roomTitle } from "./roomTitle"
import { medium, useMedia } from "./useMedia"
import { usePlace } from "./usePlace"
import { closeThread, toggleMembers } from "./useShellKeys"
import { useShell, type Panel } from "./ShellState"
import "./RoomHeader.css"

/** The head of a conversation: what it is called and about, and what can be opened beside it. */
export function RoomHeader({ summary, isNarrow, onBack }: { summary: RoomSummary; isNarrow: boolean; onBack: () => void }) {
  const shell = useShell()
  const room = shell.session.room(summary.id)
  const powerLevels = useObservable(room?.state("m.room.power_levels"))
  const chosen = useObservable(shell.panel)
  const place = usePlace()
  const isThread = place.kind === "room" && place.thread !== undefined && chosen?.kind !== "search"
  const panel = isThread ? undefined : chosen
  const { areMembersShown } = useObservable(shell.layout.state)
  const isOver = useMedia(medium)
  const isOpen = useObservable(shell.areMembersOpen)
  const isMembersHere = (isOver ? isOpen : areMembersShown) && !isThread && panel === undefined
  const toggle = (next: Panel) => {
    shell.panel.set(panel?.kind === next.kind ? undefined : next)
    if (isThread) closeThread(place)
  }
  const bell = summary.notifications === "mute" ? "bell-off" : summary.notifications === "mentions" ? "at" : "bell"

  return (
    <header className="room-header">
      {isNarrow && <IconButton icon="arrow-left" label={t("shell.room.back")} onClick={onBack} />}
      <div className="room-header-title">
        {summary.isDirect
          ? <span className="room-header-picture"><RoomAvatar summary={summary} size={28} hasPresence /></span>
          : <KindIcon kind={roomKind(summary, powerLevels)} size={20} />}
        <h1>{roomTitle(summary)}</h1>
        {summary.isEncrypted && (
          <Tooltip text={t("shell.room.encrypted")}>
            <span className="room-header-shield" tabIndex={0} role="img" aria-label={t("shell.room.encryptedShort")}><Icon name="shield" size={16} /></span>
          </Tooltip>
        )}
        {summary.topic !== undefined && summary.topic !== "" && !isNarrow && <Topic text={summary.topic} />}
      </div>
      <div className="room-header-tools" role="toolbar" aria-label={t("shell.room.more")}>
        {!isNarrow && <IconButton icon="thread" label={t("shell.room.threads")} isPressed={panel?.kind === "threads"} onClick={() => toggle({ kind: "threads" })} />}
        {!isNarrow && <IconButton icon="pin" label={t("shell.room.pins")} isPressed={panel?.kind === "pins"} onClick={() => toggle({ kind: "pins" })} />}
        {!isNarrow && <MenuButton icon={bell} label={t("shell.room.notifications")} items={() => notificationItems(shell, summary)} />}
        {personOf(summary) === undefined && (
          <IconButton icon="users" label={isMembersHere ? t("shell.room.hideMembers") : t("shell.room.showMembers")} isPressed={isMembersHere} hotkey="mod+shift+u" onClick={() => toggleMembers(shell)} />
        )}
        <IconButton icon="search" label={t("shell.room.search")} hotkey="mod+f" isPressed={panel?.kind === "search"} onClick={() => toggle({ kind: "search", room: summary.id })} />
        {!isNarrow && <IconButton icon="info" label={t("shell.room.info")} isPressed={panel?.kind === "info"} onClick={() => toggle({ kind: "info" })} />}
        {isNarrow && (
          <MenuButton icon="dots" label={t("shell.room.more")} items={() => [
            { kind: "item", key: "threads", label: t("shell.room.threads"), icon: "thread", run: () => shell.panel.set({ kind: "threads" }) },
            { kind: "item", key: "pins", label: t("shell.room.pins"), icon: "pin", run: () => shell.panel.set({ kind: "pins" }) },
            { kind: "item", key: "info", label: t("shell.room.info"), icon: "info", run: () => shell.panel.set({ kind: "info" }) },
            { kind: "item", key: "settings", label: t("shell.channel.settings"), icon: "gear", run: () => navigate({ kind: "room-settings", room: summary.id, page: undefined }) },
            { kind: "line", key: "line" }, ...notificationItems(shell, summary), { kind: "line", key: "line-0" },
            ...roomMenu(shell, summary).filter((item) => item.key !== "mute" && item.key !== "settings"),
          ]} />
        )}
      </div>
    </header>
  )
}

/** The topic in one line; the whole of it on demand. */
function Topic({ text }: { text: string }) {
  return (
    <>
      <span className="room-header-bar" aria-hidden="true" />
      <Popover label={t("shell.info.topic")} className="room-header-whole" initialFocus="box" trigger={<button type="button" className="room-header-topic" title={t("shell.room.topicMore")}>{text}</button>}>
        <p><LinkedText text={text} /></p>
      </Popover>
    </>
  )
}
