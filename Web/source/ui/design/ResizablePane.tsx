import { useState, type KeyboardEvent, type PointerEvent, type ReactNode } from "react"
import { t } from "../language/t"
import { classes } from "./classes"
import "./ResizablePane.css"

export interface ResizablePaneProps {
  readonly label: string
  /** In pixels. */
  readonly width: number
  readonly min: number
  readonly max: number
  readonly onResize: (width: number) => void
  /** At which edge the handle is. */
  readonly edge: "start" | "end"
  readonly children: ReactNode
  readonly className?: string
}

/** A column whose width can be changed, by pointer and by arrow keys. Double click gives the middle. */
export function ResizablePane({ label, width, min, max, onResize, edge, children, className }: ResizablePaneProps) {
  const [dragged, setDragged] = useState<{ readonly from: number; readonly width: number }>()
  const clamp = (value: number) => Math.round(Math.max(min, Math.min(max, value)))
  const sign = () => ((edge === "end") === (document.documentElement.dir !== "rtl") ? 1 : -1)
  return (
    <div className={classes("resizable-pane", className)} style={{ width }}>
      {children}
      <div
        role="separator" aria-orientation="vertical" aria-label={t("common.resize", { name: label })} aria-valuenow={width} aria-valuemin={min} aria-valuemax={max} tabIndex={0} className="resizable-pane-handle" data-edge={edge} data-active={dragged !== undefined || undefined}
        onPointerDown={(event: PointerEvent<HTMLDivElement>) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          setDragged({ from: event.clientX, width })
        }}
        onPointerMove={(event) => {
          if (dragged !== undefined) onResize(clamp(dragged.width + (event.clientX - dragged.from) * sign()))
        }}
        onPointerUp={() => setDragged(undefined)} onPointerCancel={() => setDragged(undefined)} onDoubleClick={() => onResize(clamp((min + max) / 2))}
        onKeyDown={(event: KeyboardEvent) => {
          const step = { ArrowLeft: -16 * sign(), ArrowRight: 16 * sign() }[event.key]
          const next = event.key === "Home" ? min : event.key === "End" ? max : step === undefined ? undefined : width + step
          if (next === undefined) return
          event.preventDefault()
          onResize(clamp(next))
        }}
      />
    </div>
  )
}
