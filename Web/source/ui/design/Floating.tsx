import { useLayoutEffect, useRef, type CSSProperties, type KeyboardEvent, type ReactNode } from "react"
import { createPortal } from "react-dom"
import { t } from "../language/t"
import { classes } from "./classes"
import { focusableIn, trapTab } from "./focusable"
import { pushLayer } from "./layers"
import { place, type Box, type Placement } from "./place"
import { useLatest } from "./useLatest"
import "./Floating.css"

export interface FloatingProps {
  /** What it floats beside: an element, or a place in the window. */
  readonly anchor: Element | Box
  readonly placement?: Placement
  readonly onClose: () => void
  readonly role?: "menu" | "dialog" | "listbox" | "group"
  readonly label?: string
  readonly className?: string
  /** Where the focus goes when it opens: the first thing that takes it (default), the box itself, or nowhere. */
  readonly initialFocus?: "first" | "box" | "none"
  /** Whether Tab stays inside. True by default, but for "none". */
  readonly isTrapped?: boolean
  readonly gap?: number
  readonly onKeyDown?: (event: KeyboardEvent<HTMLDivElement>) => void
  readonly children: ReactNode
  readonly style?: CSSProperties
  readonly id?: string
}

/** A box above the page beside something: closes by Esc, a press outside, or when its anchor is gone. The base of menus and popovers. */
export function Floating({ anchor, placement = "bottom-start", onClose, role = "dialog", label, className, initialFocus = "first", isTrapped = initialFocus !== "none", gap, onKeyDown, children, style, id }: FloatingProps) {
  const ref = useRef<HTMLDivElement>(null)
  const close = useLatest(onClose)

  useLayoutEffect(() => {
    const box = ref.current
    if (box === null) return
    const before = document.activeElement
    const update = () => {
      const rectangle = anchor instanceof Element ? anchor.getBoundingClientRect() : anchor
      if (anchor instanceof Element && !anchor.isConnected) return close.current()
      const at = place(rectangle, { width: box.offsetWidth, height: box.offsetHeight }, { width: window.innerWidth, height: window.innerHeight }, placement, document.documentElement.dir === "rtl", gap)
      box.style.left = `${at.left}px`
      box.style.top = `${at.top}px`
      box.dataset.side = at.side
    }
    update()
    const pop = pushLayer({
      element: box, isModal: false, onEscape: () => close.current(),
      onOutside: (target) => {
        // A press on the anchor closes by the anchor's own click.
        if (!(anchor instanceof Element && anchor.contains(target))) close.current()
      },
    })
    const observer = new ResizeObserver(update)
    observer.observe(box)
    window.addEventListener("resize", update)
    window.addEventListener("scroll", update, true)
    if (initialFocus === "first") (box.querySelector<HTMLElement>("[data-autofocus]") ?? (role === "menu" ? box.querySelector<HTMLElement>("[role^=menuitem]:not([aria-disabled=true])") : undefined) ?? focusableIn(box)[0] ?? box).focus({ preventScroll: true })
    else if (initialFocus === "box") box.focus({ preventScroll: true })
    return () => {
      pop()
      observer.disconnect()
      window.removeEventListener("resize", update)
      window.removeEventListener("scroll", update, true)
      // Back to where it came from, unless something else took the focus meanwhile.
      const now = document.activeElement
      if (initialFocus !== "none" && (now === null || now === document.body || box.contains(now)) && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    }
  }, [anchor, placement, gap, initialFocus, close, role])

  const floating = (
    <div
      ref={ref} id={id} role={role} aria-label={label} tabIndex={-1} className={classes("floating", className)} style={style}
      onKeyDown={(event) => {
        onKeyDown?.(event)
        if (isTrapped && !event.defaultPrevented && ref.current !== null) trapTab(event, ref.current)
      }}
      // Events bubble through portals by React's tree: what happens in here is no business of what it floats beside.
      onClick={(event) => event.stopPropagation()} onContextMenu={(event) => event.stopPropagation()} onPointerDown={(event) => event.stopPropagation()}
    >
      {children}
    </div>
  )
  // Dialogs stand for themselves; anything else in the body has to be in a region.
  return createPortal(role === "dialog" ? floating : <div role="region" aria-label={label ?? t("common.floating")} className="floating-region">{floating}</div>, document.body)
}
