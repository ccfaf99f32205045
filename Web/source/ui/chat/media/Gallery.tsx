import type { MediaFile } from "../../../domain/timeline/MediaFile"
import { t } from "../../language/t"
import { Picture } from "./Picture"

/** Several pictures together, in a grid. */
export function Gallery({ files, width, onOpen }: { files: readonly MediaFile[]; width: number; onOpen: (file: MediaFile) => void }) {
  const columns = files.length === 2 || files.length === 4 ? 2 : 3
  const gap = 4
  const side = Math.floor((Math.min(width, 440) - gap * (columns - 1)) / columns)
  return (
    <div className="gallery" role="group" aria-label={t("chat.gallery.label", { count: files.length })} style={{ gridTemplateColumns: `repeat(${columns}, ${side}px)` }}>
      {files.map((file, index) => <Picture key={index} file={file} width={side} height={side} label={file.name === "" ? t("chat.gallery.picture", { number: index + 1 }) : file.name} isCropped onOpen={() => onOpen(file)} />)}
    </div>
  )
}
