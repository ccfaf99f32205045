import type { KeyboardEvent, PointerEvent } from "react"
import { within } from "../../domain/rooms/Layout"
import { t } from "../language/t"
import "./Resizer.css"

const step = 16

/** The edge between two columns: drag it, or focus it and use the arrow keys. `side`: on which side of it the column lies. */
export function Resizer({ width, bounds, side, onChange }: {
  width: number; bounds: { readonly smallest: number; readonly usual: number; readonly largest: number }; side: "start" | "end"; onChange: (width: number) => void
}) {
  const started = (event: PointerEvent<HTMLDivElement>) => {
    // Neither text is selected nor anything dragged meanwhile.
    event.preventDefault()
    const handle = event.currentTarget
    handle.focus()
    const direction = (getComputedStyle(handle).direction === "rtl" ? -1 : 1) * (side === "start" ? 1 : -1)
    const from = event.clientX
    handle.setPointerCapture(event.pointerId)
    const moved = (move: globalThis.PointerEvent) => onChange(within(width + (move.clientX - from) * direction, bounds))
    const ended = () => {
      handle.removeEventListener("pointermove", moved)
      handle.removeEventListener("pointerup", ended)
      handle.removeEventListener("pointercancel", ended)
    }
    handle.addEventListener("pointermove", moved)
    handle.addEventListener("pointerup", ended)
    handle.addEventListener("pointercancel", ended)
  }
  const pressed = (event: KeyboardEvent<HTMLDivElement>) => {
    const direction = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0
    if (direction === 0 || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    const isMirrored = getComputedStyle(event.currentTarget).direction === "rtl"
    onChange(within(width + step * direction * (side === "start" ? 1 : -1) * (isMirrored ? -1 : 1), bounds))
  }
  return (
    <div className="resizer" data-side={side} role="separator" tabIndex={0} aria-orientation="vertical" aria-label={t("shell.resize")} aria-valuenow={width} aria-valuemin={bounds.smallest} aria-valuemax={bounds.largest}
      onPointerDown={started} onKeyDown={pressed} onDoubleClick={() => onChange(bounds.usual)} />
  )
}
