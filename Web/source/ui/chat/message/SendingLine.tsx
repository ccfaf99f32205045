import type { TimelineEvent } from "../../../matrix/contract/timeline"
import { useSession } from "../../bridge/contexts"
import { useObservable } from "../../bridge/useObservable"
import { Button, Icon, ProgressBar } from "../../design"
import { t } from "../../language/t"
import { useChat } from "../ChatContext"

/** How an own message fares on its way: waiting, uploading, failed; what can be done about it. */
export function SendingLine({ event }: { event: TimelineEvent }) {
  const { room } = useChat()
  const { status } = useSession()
  const connection = useObservable(status)
  const { sending } = event
  switch (sending.kind) {
    case "received":
      return null
    case "queued":
      if (connection.kind !== "offline") return null
      return <div className="sending-line"><Icon name="cloud-off" size={14} />{t("chat.sending.offline")}<Button size="small" variant="quiet" onClick={() => room.cancel(event.key)}>{t("common.cancel")}</Button></div>
    case "sending":
      if (sending.progress === undefined) return null
      return <div className="sending-line"><ProgressBar label={t("chat.sending.upload")} value={sending.progress} /><Button size="small" variant="quiet" onClick={() => room.cancel(event.key)}>{t("common.cancel")}</Button></div>
    case "failed":
      return (
        <div className="sending-line" data-failed role="alert">
          <Icon name="warning" size={14} />
          <span>{sending.isFinal ? t("chat.sending.refused", { message: sending.message }) : t("chat.sending.failed")}</span>
          {!sending.isFinal && <Button size="small" onClick={() => room.retry(event.key)}>{t("common.retry")}</Button>}
          <Button size="small" variant="quiet" onClick={() => room.cancel(event.key)}>{t("common.delete")}</Button>
        </div>
      )
  }
}
