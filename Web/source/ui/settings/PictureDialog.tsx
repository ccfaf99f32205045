import { useEffect, useRef, useState } from "react"
import { useSession } from "../bridge/contexts"
import { Banner, Button, Dialog, ProgressBar, Slider } from "../design"
import { failureText } from "../accounts/failureText"
import { t } from "../language/t"

const outputSize = 512

interface Picture { readonly url: string; readonly width: number; readonly height: number }

/** Cuts a square out of a picture and uploads it. Moving ones are kept whole, or they would stand still. */
export function PictureDialog({ file, onDone, onClose }: { readonly file: File; readonly onDone: (mxc: string) => Promise<boolean>; readonly onClose: () => void }) {
  const session = useSession()
  const [picture, setPicture] = useState<Picture>()
  const [zoom, setZoom] = useState(1)
  const [place, setPlace] = useState({ x: 0, y: 0 })
  const [progress, setProgress] = useState<number>()
  const [error, setError] = useState<string>()
  const drag = useRef<{ readonly x: number; readonly y: number; readonly from: { x: number; y: number } }>()
  const frame = useRef<HTMLDivElement>(null)
  const isMoving = file.type === "image/gif"

  useEffect(() => {
    const url = URL.createObjectURL(file)
    const image = new Image()
    image.onload = () => setPicture({ url, width: image.naturalWidth, height: image.naturalHeight })
    image.onerror = () => setError(t("settings.picture.unreadable"))
    image.src = url
    return () => URL.revokeObjectURL(url)
  }, [file])

  /** How far the middle may be off, in parts of the frame, so that no edge shows. */
  const bounded = (next: { x: number; y: number }, scale: number) => {
    if (picture === undefined) return next
    const short = Math.min(picture.width, picture.height)
    const reach = (side: number) => Math.max(0, (side / short * scale - 1) / 2)
    const limit = (value: number, most: number) => Math.max(-most, Math.min(most, value))
    return { x: limit(next.x, reach(picture.width)), y: limit(next.y, reach(picture.height)) }
  }
  const move = (x: number, y: number) => setPlace((now) => bounded({ x: now.x + x, y: now.y + y }, zoom))

  const save = async () => {
    if (picture === undefined) return
    setProgress(0)
    setError(undefined)
    try {
      const blob = isMoving ? file : await cut(picture, zoom, place, file.type === "image/png" || file.type === "image/webp")
      const mxc = await session.media.upload(blob, isMoving ? file.name : "avatar", setProgress)
      if (await onDone(mxc)) onClose()
      else setProgress(undefined)
    } catch (problem) {
      setProgress(undefined)
      setError(failureText(problem))
    }
  }
  const short = picture === undefined ? 1 : Math.min(picture.width, picture.height)
  return (
    <Dialog title={t("settings.picture.title")} size="small" onClose={onClose} onSubmit={() => void save()} footer={<><Button variant="quiet" onClick={onClose}>{t("common.cancel")}</Button><Button type="submit" variant="primary" isBusy={progress !== undefined} disabled={picture === undefined}>{t("common.save")}</Button></>}>
      {error !== undefined && <Banner kind="danger" isLive>{error}</Banner>}
      <div
        ref={frame} className="crop" tabIndex={isMoving ? -1 : 0} role="application" aria-label={t("settings.picture.crop")}
        onPointerDown={(event) => {
          if (isMoving) return
          event.currentTarget.setPointerCapture(event.pointerId)
          drag.current = { x: event.clientX, y: event.clientY, from: place }
        }}
        onPointerMove={(event) => {
          const start = drag.current
          const width = frame.current?.clientWidth
          if (start === undefined || width === undefined) return
          setPlace(bounded({ x: start.from.x + (event.clientX - start.x) / width, y: start.from.y + (event.clientY - start.y) / width }, zoom))
        }}
        onPointerUp={() => {
          drag.current = undefined
        }}
        onKeyDown={(event) => {
          const step = { ArrowLeft: [-0.03, 0], ArrowRight: [0.03, 0], ArrowUp: [0, -0.03], ArrowDown: [0, 0.03] }[event.key]
          if (step === undefined || isMoving) return
          event.preventDefault()
          move(step[0] ?? 0, step[1] ?? 0)
        }}
      >
        {picture !== undefined && (
          <img
            src={picture.url} alt="" draggable={false}
            style={{ width: `${picture.width / short * zoom * 100}%`, height: `${picture.height / short * zoom * 100}%`, transform: `translate(${place.x * short / (picture.width * zoom) * 100 - 50}%, ${place.y * short / (picture.height * zoom) * 100 - 50}%)` }}
          />
        )}
        <div className="crop-mask" />
      </div>
      {!isMoving && (
        <Slider
          label={t("settings.picture.zoom")} value={zoom} min={1} max={4} step={0.05} format={(value) => `${Math.round(value * 100)} %`}
          onChange={(value) => {
            setZoom(value)
            setPlace((now) => bounded(now, value))
          }}
        />
      )}
      {progress !== undefined && <ProgressBar label={t("settings.picture.uploading")} value={progress} />}
    </Dialog>
  )
}

async function cut(picture: Picture, zoom: number, place: { x: number; y: number }, hasAlpha: boolean): Promise<Blob> {
  const image = new Image()
  image.src = picture.url
  await image.decode()
  const canvas = document.createElement("canvas")
  canvas.width = outputSize
  canvas.height = outputSize
  const context = canvas.getContext("2d")
  if (context === null) throw new Error(t("settings.picture.unreadable"))
  // The side of the square in the picture, and its corner.
  const side = Math.min(picture.width, picture.height) / zoom
  const left = picture.width / 2 - side / 2 - place.x * side
  const top = picture.height / 2 - side / 2 - place.y * side
  context.imageSmoothingQuality = "high"
  context.drawImage(image, left, top, side, side, 0, 0, outputSize, outputSize)
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new Error(t("settings.picture.unreadable"))) : resolve(blob)), hasAlpha ? "image/png" : "image/jpeg", 0.9)
  })
}
