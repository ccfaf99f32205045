import type { MediaFile } from "../../../domain/timeline/MediaFile"
import { Icon } from "../../design"
import { formatBytes } from "../../language/format"
import { t } from "../../language/t"
import { DownloadButton } from "./DownloadButton"
import { safeName } from "./download"

/** A file: what it is, how large, and a button to save it. */
export function FileCard({ file }: { file: MediaFile }) {
  return (
    <div className="file-card">
      <span className="file-card-icon"><Icon name="file" size={24} /></span>
      <span className="file-card-text">
        <bdi className="file-card-name one-line" title={file.name}>{safeName(file.name)}</bdi>
        <span className="file-card-size">{file.size === undefined ? t("chat.file.unknownSize") : formatBytes(file.size)}</span>
      </span>
      <DownloadButton file={file} />
    </div>
  )
}
