import { useState } from "react"
import type { MediaFile } from "../../../domain/timeline/MediaFile"
import type { EncryptedFile, MediaSource } from "../../../matrix/contract/session"
import { useSession } from "../../bridge/contexts"
import { Icon } from "../../design/Icon"
import { t } from "../../language/t"
import { Blurhash } from "./Blurhash"
import { safeType, useMedia } from "./useMedia"
import { useChatSettings } from "../useChatSettings"
import { useCalm } from "./useCalm"

/** Pictures that move, as far as their type says. */
const moving = /^image\/(?:gif|apng|webp|avif)$/

/** A picture of a message in a space of fixed size: its colours first, then it. Pictures that move do so while they are pointed at. */
export function Picture({ file, width, height, label, onOpen, isCropped = false }: {
  file: MediaFile; width: number; height: number; label: string; onOpen: (() => void) | undefined; isCropped?: boolean
}) {
  const { media } = useSession()
  const wantsCalm = useCalm()
  const { autoplays } = useChatSettings()
  const isCalm = wantsCalm || !autoplays
  const [isPointed, setPointed] = useState(false)
  const [isHidden, setHidden] = useState(file.isSpoiler)
  const mayMove = moving.test(file.mimeType ?? "")
  const isGIF = file.mimeType === "image/gif"
  const still = useMedia(() => (isHidden ? undefined : stillOf(media, file, width, height, mayMove && !isGIF && !isCalm)), [media, file, width, height, isHidden, mayMove, isGIF, isCalm])
  const moves = useMedia(() => (isGIF && isPointed && !wantsCalm && !isHidden ? media.file(file.source, "image/gif") : undefined), [media, file, isGIF, isPointed, wantsCalm, isHidden])
  const url = moves.url ?? still.url
  const content = (
    <>
      {file.blurhash !== undefined && url === undefined && <Blurhash hash={file.blurhash} />}
      {url !== undefined && <img src={url} alt={label} draggable={false} data-cropped={isCropped || undefined} />}
      {still.error !== undefined && <span className="picture-failed"><Icon name="image" />{t("chat.media.failed")}</span>}
      {isHidden && <span className="picture-spoiler">{t("chat.media.spoiler")}</span>}
      {isGIF && moves.url === undefined && !isHidden && <span className="picture-mark" aria-hidden="true">GIF</span>}
    </>
  )
  const style = { width, height }
  if (onOpen === undefined) return <span className="picture" style={style}>{content}</span>
  return (
    <button
      type="button" className="picture" style={style} aria-label={isHidden ? t("chat.media.reveal") : t("chat.media.open", { name: label })}
      onClick={() => (isHidden ? setHidden(false) : onOpen())} onPointerEnter={() => setPointed(true)} onPointerLeave={() => setPointed(false)}
      onFocus={() => setPointed(true)} onBlur={() => setPointed(false)}
    >{content}</button>
  )
}

/** A scaled picture where the server can make one, else the file. */
function stillOf(media: MediaSource, file: MediaFile, width: number, height: number, isAnimated: boolean) {
  if (typeof file.source === "string") {
    const scale = Math.min(2, Math.max(1, window.devicePixelRatio))
    const [pixelsAcross, pixelsDown] = bucket(width * scale, height * scale)
    return media.thumbnail(file.source, { width: pixelsAcross, height: pixelsDown, method: "scale", isAnimated })
  }
  const thumbnail = file.thumbnail
  const source: string | EncryptedFile = thumbnail?.source ?? file.source
  return media.file(source, safeType(thumbnail === undefined ? file.mimeType : thumbnail.mimeType ?? "image/jpeg"))
}

/** Few sizes, so that the server's cache and ours are used. */
function bucket(width: number, height: number): [number, number] {
  const side = Math.max(width, height)
  return side <= 96 ? [96, 96] : side <= 320 ? [320, 240] : side <= 640 ? [640, 480] : side <= 800 ? [800, 600] : [1600, 1200]
}
