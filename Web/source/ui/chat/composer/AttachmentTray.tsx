import { Icon, IconButton } from "../../design"
import { formatBytes } from "../../language/format"
import { t } from "../../language/t"
import type { Attachment } from "./attachments"

/** The files that go with the next message. */
export function AttachmentTray({ attachments, limit, onChange, onRemove }: {
  attachments: readonly Attachment[]; limit: number | undefined; onChange: (attachment: Attachment) => void; onRemove: (attachment: Attachment) => void
}) {
  return (
    <ul className="attachment-tray" aria-label={t("chat.attach.tray")}>
      {attachments.map((attachment) => {
        const isTooLarge = limit !== undefined && attachment.file.size > limit
        return (
          <li key={attachment.id} className="attachment" data-problem={isTooLarge || undefined}>
            <span className="attachment-picture" data-spoiler={attachment.isSpoiler || undefined}>
              {attachment.kind === "image" && attachment.preview !== undefined ? <img src={attachment.preview} alt="" />
                : attachment.kind === "video" && attachment.preview !== undefined ? <video src={attachment.preview} muted preload="metadata" aria-hidden="true" />
                : <Icon name={attachment.kind === "audio" ? "volume" : "file"} size={32} />}
              {attachment.isSpoiler && <span className="attachment-spoiler">{t("chat.media.spoiler")}</span>}
            </span>
            <bdi className="attachment-name one-line" title={attachment.file.name}>{attachment.file.name}</bdi>
            <span className="attachment-size">{isTooLarge ? t("chat.attach.tooLarge", { limit: formatBytes(limit ?? 0) }) : formatBytes(attachment.file.size)}</span>
            <span className="attachment-actions">
              {(attachment.kind === "image" || attachment.kind === "video") && <IconButton icon={attachment.isSpoiler ? "eye" : "eye-off"} size="small" isPressed={attachment.isSpoiler} label={t("chat.attach.spoiler", { name: attachment.file.name })} onClick={() => onChange({ ...attachment, isSpoiler: !attachment.isSpoiler })} />}
              <IconButton icon="trash" size="small" label={t("chat.attach.remove", { name: attachment.file.name })} onClick={() => onRemove(attachment)} />
            </span>
          </li>
        )
      })}
    </ul>
  )
}
