import { useState } from "react"
import { fitMedia } from "../../../domain/timeline/fitMedia"
import type { MediaFile } from "../../../domain/timeline/MediaFile"
import { useSession } from "../../bridge/contexts"
import { Icon, ProgressBar } from "../../design"
import { formatBytes, formatDuration } from "../../language/format"
import { t } from "../../language/t"
import { Blurhash } from "./Blurhash"
import { safeType, useMedia } from "./useMedia"

/** A video: a picture of it until somebody wants to see it, then the browser's player. Nothing is fetched before. */
export function VideoPlayer({ file, box }: { file: MediaFile; box: { width: number; height: number } }) {
  const { media } = useSession()
  const [isWanted, setWanted] = useState(false)
  const size = fitMedia(file.width ?? 320, file.height ?? 180, box)
  const still = useMedia(() => {
    const thumbnail = file.thumbnail
    if (thumbnail === undefined) return undefined
    return typeof thumbnail.source === "string" ? media.thumbnail(thumbnail.source, { width: 800, height: 600, method: "scale" }) : media.file(thumbnail.source, safeType(thumbnail.mimeType ?? "image/jpeg"))
  }, [media, file])
  const video = useMedia(() => (isWanted ? media.file(file.source, safeType(file.mimeType)) : undefined), [media, file, isWanted])
  const width = Math.max(size.width, 220)
  if (video.url !== undefined) return <video className="video-player" src={video.url} poster={still.url} controls autoPlay style={{ width, height: Math.max(size.height, 124) }} aria-label={file.name} />
  return (
    <button type="button" className="picture video-player-start" style={{ width, height: Math.max(size.height, 124) }} aria-label={t("chat.video.play", { name: file.name })} onClick={() => setWanted(true)}>
      {file.blurhash !== undefined && still.url === undefined && <Blurhash hash={file.blurhash} />}
      {still.url !== undefined && <img src={still.url} alt="" draggable={false} data-cropped />}
      {video.error !== undefined ? <span className="picture-failed">{t("chat.media.failed")}</span>
        : isWanted ? <span className="video-player-progress"><ProgressBar value={video.progress} label={t("common.loading")} /></span>
        : <span className="video-player-sign"><Icon name="play" size={28} /></span>}
      <span className="picture-mark" aria-hidden="true">
        {[file.durationMilliseconds === undefined ? undefined : formatDuration(file.durationMilliseconds), file.size === undefined ? undefined : formatBytes(file.size)].filter((one) => one !== undefined).join(" · ")}
      </span>
    </button>
  )
}
