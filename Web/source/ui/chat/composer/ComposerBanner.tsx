import { memberName } from "../../../domain/rooms/roomName"
import type { TimelineEvent } from "../../../matrix/contract/timeline"
import { useSession } from "../../bridge/contexts"
import { Icon, IconButton } from "../../design"
import { t } from "../../language/t"
import { useChat } from "../ChatContext"
import { messageGist } from "../message/messageGist"

/** What the next message answers or changes. */
export function ComposerBanner({ kind, event, pings, onPings, onClose }: { kind: "reply" | "edit"; event: TimelineEvent | undefined; pings?: boolean; onPings?: (pings: boolean) => void; onClose: () => void }) {
  const { userId } = useSession()
  const { room, jumpTo } = useChat()
  const name = event === undefined ? undefined : memberName(room.member(event.sender).get())
  return (
    <div className="composer-banner">
      <Icon name={kind === "edit" ? "edit" : "reply"} size={16} />
      <button type="button" className="composer-banner-text" onClick={() => event?.id !== undefined && jumpTo(event.id)}>
        <strong>{kind === "edit" ? t("chat.composer.editing") : name === undefined ? t("chat.composer.replying") : t("chat.composer.replyingTo", { name })}</strong>
        {event !== undefined && <span className="one-line" dir="auto">{messageGist(event)}</span>}
      </button>
      {kind === "reply" && event !== undefined && event.sender !== userId && onPings !== undefined && (
        <IconButton icon={pings === true ? "bell" : "bell-off"} size="small" isPressed={pings === true} label={pings === true ? t("chat.composer.pingOn") : t("chat.composer.pingOff")} onClick={() => onPings(pings !== true)} />
      )}
      <IconButton icon="x" size="small" label={kind === "edit" ? t("chat.composer.stopEditing") : t("chat.composer.stopReplying")} onClick={onClose} />
    </div>
  )
}
