import { useEffect, useState } from "react"
import { messageContent } from "../../../domain/timeline/MessageContent"
import type { TimelineEvent } from "../../../matrix/contract/timeline"
import { Dialog, Spinner } from "../../design"
import { formatDateTime } from "../../language/format"
import { t } from "../../language/t"
import { useChat } from "../ChatContext"
import { RichText } from "./RichText"

/** That a message was edited; pressing it shows what it said before. */
export function EditedMark({ event }: { event: TimelineEvent }) {
  const [isOpen, setOpen] = useState(false)
  if (event.edited === undefined) return null
  return (
    <>
      <button type="button" className="edited-mark" title={t("chat.edited.at", { time: formatDateTime(event.edited.timestamp) })} onClick={() => setOpen(true)}>{t("chat.edited.mark")}</button>
      {isOpen && event.id !== undefined && <EditHistory id={event.id} onClose={() => setOpen(false)} />}
    </>
  )
}

function EditHistory({ id, onClose }: { id: string; onClose: () => void }) {
  const { room } = useChat()
  const [edits, setEdits] = useState<readonly TimelineEvent[]>()
  const [hasFailed, setFailed] = useState(false)
  useEffect(() => {
    room.editsOf(id).then(setEdits, () => setFailed(true))
  }, [room, id])
  return (
    <Dialog title={t("chat.edited.title")} onClose={onClose}>
      {hasFailed ? <p>{t("chat.edited.failed")}</p> : edits === undefined ? <Spinner label={t("common.loading")} /> : (
        <ol className="edit-history">
          {[...edits].reverse().map((edit) => {
            const content = messageContent(edit)
            return (
              <li key={edit.key}>
                <time dateTime={new Date(edit.timestamp).toISOString()}>{formatDateTime(edit.timestamp)}</time>
                {content.kind === "text" ? <RichText body={content.body} html={content.html} /> : <p className="message-quiet">{t("chat.unknown")}</p>}
              </li>
            )
          })}
        </ol>
      )}
    </Dialog>
  )
}
