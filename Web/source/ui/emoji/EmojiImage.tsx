import { useEffect, useState } from "react"
import type { MXC } from "../../matrix/contract/events"
import type { MediaSource } from "../../matrix/contract/session"
import { useSession } from "../bridge/contexts"
import "./emoji.css"

/** A custom emoji or sticker by its address, scaled by the server; its description stands in while it loads and where it cannot be had. */
export function EmojiImage({ url, alt, size, title, className }: { url: MXC; alt: string; size: number; title?: string; className?: string }) {
  const { media } = useSession()
  const { source, hasFailed } = useThumbnail(media, url, size)
  const classes = className === undefined ? "emoji-image" : `emoji-image ${className}`
  if (source === undefined) {
    return (
      <span className={classes} data-failed={hasFailed || undefined} role="img" aria-label={alt} title={title} style={{ width: size, height: size }}>
        {hasFailed && <span aria-hidden="true">{alt.slice(0, 2)}</span>}
      </span>
    )
  }
  return <img className={classes} src={source} alt={alt} title={title} draggable={false} style={{ height: size, maxWidth: size * 4 }} />
}

function useThumbnail(media: MediaSource, url: MXC, size: number): { source: string | undefined; hasFailed: boolean } {
  const [state, setState] = useState<{ source: string | undefined; hasFailed: boolean }>({ source: undefined, hasFailed: false })
  useEffect(() => {
    const pixels = bucket(size * Math.min(3, Math.max(1, window.devicePixelRatio)))
    const handle = media.thumbnail(url, { width: pixels, height: pixels, method: "scale", isAnimated: true })
    const read = () => {
      const now = handle.state.get()
      setState({ source: now.url, hasFailed: now.error !== undefined })
    }
    const end = handle.state.subscribe(read)
    read()
    return () => {
      end()
      handle.release()
    }
  }, [media, url, size])
  return state
}

/** Few sizes, so that one download serves the picker, messages and reactions. */
function bucket(pixels: number): number {
  return [64, 128, 256, 512].find((size) => size >= pixels) ?? 800
}
