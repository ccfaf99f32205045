import { cloneElement, useEffect, useId, useLayoutEffect, useRef, useState, type ReactElement } from "react"
import { createPortal } from "react-dom"
import { Kbd } from "./Kbd"
import { place } from "./place"
import "./Tooltip.css"

export type TooltipSide = "top" | "bottom" | "start" | "end"

export interface TooltipProps {
  readonly text: string
  readonly side?: TooltipSide
  /** The text is the element's name already; it is not told twice. */
  readonly isName?: boolean
  /** Keys that do the same, as in `useHotkey`. */
  readonly hotkey?: string
  readonly children: ReactElement
}

/** When a tooltip was last seen: the next one beside it comes without waiting. */
let lastSeen = 0

/** A short text about an element, on hover and on focus by keyboard. Touch does not show it. */
export function Tooltip({ text, side = "top", isName = false, hotkey, children }: TooltipProps) {
  const id = useId()
  const anchor = useRef<HTMLSpanElement>(null)
  const timer = useRef<number>()
  const [isShown, setShown] = useState(false)

  useEffect(() => () => window.clearTimeout(timer.current), [])
  useEffect(() => {
    if (!isShown) return
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === "Escape") setShown(false)
    }
    document.addEventListener("keydown", onKeyDown, true)
    return () => {
      lastSeen = Date.now()
      document.removeEventListener("keydown", onKeyDown, true)
    }
  }, [isShown])

  const show = (delay: number) => {
    window.clearTimeout(timer.current)
    timer.current = window.setTimeout(() => setShown(true), Date.now() - lastSeen < 300 ? 0 : delay)
  }
  const hide = () => {
    window.clearTimeout(timer.current)
    setShown(false)
  }
  return (
    <span
      ref={anchor} className="tooltip-anchor"
      onPointerOver={(event) => {
        if (event.pointerType !== "touch") show(450)
      }}
      onPointerOut={(event) => {
        if (!(event.relatedTarget instanceof Node && anchor.current?.contains(event.relatedTarget))) hide()
      }}
      onPointerDown={hide}
      onFocus={(event) => {
        if (event.target.matches(":focus-visible")) show(200)
      }}
      onBlur={hide}
    >
      {isShown && !isName ? cloneElement(children, { "aria-describedby": id }) : children}
      {isShown && <TooltipBox id={id} text={text} side={side} hotkey={hotkey} isName={isName} anchor={anchor} />}
    </span>
  )
}

function TooltipBox({ id, text, side, hotkey, isName, anchor }: { id: string; text: string; side: TooltipSide; hotkey: string | undefined; isName: boolean; anchor: { readonly current: HTMLSpanElement | null } }) {
  const ref = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const box = ref.current
    const element = anchor.current?.firstElementChild
    if (box === null || !element) return
    const at = place(element.getBoundingClientRect(), { width: box.offsetWidth, height: box.offsetHeight }, { width: window.innerWidth, height: window.innerHeight }, side, document.documentElement.dir === "rtl")
    box.style.left = `${at.left}px`
    box.style.top = `${at.top}px`
  }, [anchor, side, text])
  return createPortal(
    <div ref={ref} id={id} role="tooltip" className="tooltip" aria-hidden={isName || undefined}>{text}{hotkey !== undefined && <Kbd keys={hotkey} />}</div>, document.body,
  )
}
