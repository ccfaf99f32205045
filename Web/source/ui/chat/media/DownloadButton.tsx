import { useState } from "react"
import type { MediaFile } from "../../../domain/timeline/MediaFile"
import { useSession } from "../../bridge/contexts"
import { IconButton, showToast } from "../../design"
import { t } from "../../language/t"
import { downloadFile } from "./download"

/** Saves a file. */
export function DownloadButton({ file, size }: { file: MediaFile; size?: "small" | "medium" }) {
  const { media } = useSession()
  const [isBusy, setBusy] = useState(false)
  return <IconButton icon="download" size={size ?? "medium"} label={t("chat.media.download", { name: file.name })} isBusy={isBusy} onClick={() => {
    setBusy(true)
    downloadFile(media, file).catch(() => showToast({ kind: "error", text: t("chat.media.downloadFailed") })).finally(() => setBusy(false))
    setTimeout(() => setBusy(false), 3000)
  }} />
}
