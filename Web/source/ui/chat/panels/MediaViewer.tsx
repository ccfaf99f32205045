import { useEffect, useMemo, useRef, useState } from "react"
import { createPortal } from "react-dom"
import { memberName } from "../../../domain/rooms/roomName"
import type { MediaFile } from "../../../domain/timeline/MediaFile"
import { messageContent } from "../../../domain/timeline/MessageContent"
import { constant } from "../../../matrix/base/observable"
import type { Timeline, TimelineEvent } from "../../../matrix/contract/timeline"
import { useSession } from "../../bridge/contexts"
import { useObservable } from "../../bridge/useObservable"
import { IconButton, pushLayer, Spinner, trapTab } from "../../design"
import { formatBytes, formatDateTime } from "../../language/format"
import { t } from "../../language/t"
import { useChat } from "../ChatContext"
import { DownloadButton } from "../media/DownloadButton"
import { safeType, useMedia } from "../media/useMedia"
import "./viewer.css"

interface Item { readonly event: TimelineEvent; readonly file: MediaFile; readonly isVideo: boolean }

const none = constant<readonly TimelineEvent[]>([])
const largestScale = 8

/** Pictures and videos of a room, one at a time: zoom, move, go on to the next. */
export function MediaViewer({ timeline, event, file, onClose }: { timeline: Timeline | undefined; event: TimelineEvent; file: MediaFile; onClose: () => void }) {
  const { room, jumpTo } = useChat()
  const events = useObservable(timeline?.events ?? none)
  const items = useMemo(() => itemsOf(events), [events])
  const [chosen, setChosen] = useState<Item>({ event, file, isVideo: messageContent(event).kind === "video" })
  const index = items.findIndex((item) => item.event.key === chosen.event.key && sourceOf(item.file) === sourceOf(chosen.file))
  const frame = useRef<HTMLDivElement>(null)
  const close = useRef(onClose)
  close.current = onClose

  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const before = document.activeElement
    const pop = pushLayer({ element, isModal: true, onEscape: () => close.current() })
    element.focus()
    return () => {
      pop()
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    }
  }, [])

  const go = (step: number) => {
    const next = items[index + step]
    if (next !== undefined) setChosen(next)
    // Further back than what is loaded: more is fetched, the next press goes on.
    if (index + step <= 0 && timeline?.older.get() === "idle") void timeline.loadOlder()
  }
  const name = memberName(room.member(chosen.event.sender).get())
  return createPortal(
    <div ref={frame} className="viewer" role="dialog" aria-modal="true" aria-label={t("chat.viewer.label", { name: chosen.file.name })} tabIndex={-1} onKeyDown={(key) => {
      if (key.key === "ArrowLeft") go(-1)
      else if (key.key === "ArrowRight") go(1)
      else if (frame.current !== null) trapTab(key, frame.current)
    }}>
      <header className="viewer-head">
        <div className="viewer-title">
          <bdi>{name}</bdi>
          <span>{formatDateTime(chosen.event.timestamp)} · <bdi>{chosen.file.name}</bdi>{chosen.file.size !== undefined && ` · ${formatBytes(chosen.file.size)}`}</span>
        </div>
        <DownloadButton file={chosen.file} />
        {chosen.event.id !== undefined && <IconButton icon="message" label={t("chat.viewer.jump")} onClick={() => {
          onClose()
          jumpTo(chosen.event.id ?? "")
        }} />}
        <IconButton icon="x" label={t("common.close")} onClick={onClose} />
      </header>
      {chosen.isVideo ? <ViewedVideo key={sourceOf(chosen.file)} file={chosen.file} /> : <ViewedPicture key={sourceOf(chosen.file)} file={chosen.file} onClose={onClose} />}
      {items[index - 1] !== undefined && <IconButton className="viewer-previous" size="large" icon="chevron-left" label={t("chat.viewer.previous")} onClick={() => go(-1)} />}
      {items[index + 1] !== undefined && <IconButton className="viewer-next" size="large" icon="chevron-right" label={t("chat.viewer.next")} onClick={() => go(1)} />}
    </div>, document.body)
}

function itemsOf(events: readonly TimelineEvent[]): Item[] {
  return events.flatMap((event): Item[] => {
    const content = messageContent(event)
    if (content.kind === "image") return [{ event, file: content.file, isVideo: false }]
    if (content.kind === "video") return [{ event, file: content.file, isVideo: true }]
    if (content.kind === "gallery") return content.files.map((file) => ({ event, file, isVideo: file.mimeType?.startsWith("video/") === true }))
    return []
  })
}

function sourceOf(file: MediaFile): string {
  return typeof file.source === "string" ? file.source : file.source.url
}

function ViewedVideo({ file }: { file: MediaFile }) {
  const { media } = useSession()
  const { url, error } = useMedia(() => media.file(file.source, safeType(file.mimeType)), [media, file])
  if (error !== undefined) return <p className="viewer-state">{t("chat.media.failed")}</p>
  return url === undefined ? <p className="viewer-state"><Spinner label={t("common.loading")} /></p> : <video className="viewer-video" src={url} controls autoPlay aria-label={file.name} />
}

function ViewedPicture({ file, onClose }: { file: MediaFile; onClose: () => void }) {
  const { media } = useSession()
  const { url, error } = useMedia(() => media.file(file.source, safeType(file.mimeType ?? "image/png")), [media, file])
  const [view, setView] = useState({ scale: 1, x: 0, y: 0 })
  const pointers = useRef(new Map<number, { x: number; y: number }>())
  const moved = useRef(false)
  const stage = useRef<HTMLDivElement>(null)

  /** Zooms so that the point under the pointer stays. */
  const zoom = (factor: number, clientX: number, clientY: number) => setView((now) => {
    const box = stage.current?.getBoundingClientRect()
    const scale = Math.max(1, Math.min(largestScale, now.scale * factor))
    if (box === undefined || scale === 1) return { scale, x: 0, y: 0 }
    const x = clientX - box.left - box.width / 2
    const y = clientY - box.top - box.height / 2
    const change = scale / now.scale
    return { scale, x: x - (x - now.x) * change, y: y - (y - now.y) * change }
  })
  useEffect(() => {
    const element = stage.current
    if (element === null) return
    // React listens passively; the page must not zoom.
    const onWheel = (event: WheelEvent) => {
      event.preventDefault()
      zoom(Math.exp(-event.deltaY / 300), event.clientX, event.clientY)
    }
    element.addEventListener("wheel", onWheel, { passive: false })
    return () => element.removeEventListener("wheel", onWheel)
  }, [])
  const centre = () => {
    const box = stage.current?.getBoundingClientRect()
    return [(box?.left ?? 0) + (box?.width ?? 0) / 2, (box?.top ?? 0) + (box?.height ?? 0) / 2] as const
  }
  return (
    <>
      <div ref={stage} className="viewer-stage" data-zoomed={view.scale > 1 || undefined}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY })
          moved.current = false
        }}
        onPointerMove={(event) => {
          const before = pointers.current.get(event.pointerId)
          if (before === undefined) return
          const others = [...pointers.current].filter(([id]) => id !== event.pointerId)
          const now = { x: event.clientX, y: event.clientY }
          if (Math.abs(now.x - before.x) + Math.abs(now.y - before.y) > 2) moved.current = true
          const other = others[0]?.[1]
          if (other !== undefined) {
            const distance = (point: { x: number; y: number }) => Math.hypot(point.x - other.x, point.y - other.y)
            zoom(distance(now) / Math.max(1, distance(before)), (now.x + other.x) / 2, (now.y + other.y) / 2)
          } else if (view.scale > 1) setView((old) => ({ ...old, x: old.x + now.x - before.x, y: old.y + now.y - before.y }))
          pointers.current.set(event.pointerId, now)
        }}
        onPointerUp={(event) => {
          pointers.current.delete(event.pointerId)
          // A press beside the picture closes.
          if (!moved.current && view.scale === 1 && event.target === event.currentTarget) onClose()
        }}
        onPointerCancel={(event) => pointers.current.delete(event.pointerId)}
        onDoubleClick={(event) => (view.scale > 1 ? setView({ scale: 1, x: 0, y: 0 }) : zoom(2.5, event.clientX, event.clientY))}
      >
        {error !== undefined ? <p className="viewer-state">{t("chat.media.failed")}</p> : url === undefined ? <Spinner label={t("common.loading")} />
          : <img src={url} alt={file.name} draggable={false} style={{ transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})` }} />}
      </div>
      <div className="viewer-zoom">
        <IconButton icon="zoom-out" label={t("chat.viewer.zoomOut")} disabled={view.scale <= 1} onClick={() => zoom(1 / 1.5, ...centre())} />
        <IconButton icon="zoom-in" label={t("chat.viewer.zoomIn")} disabled={view.scale >= largestScale} onClick={() => zoom(1.5, ...centre())} />
      </div>
    </>
  )
}
