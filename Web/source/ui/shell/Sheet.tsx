import { useEffect, useLayoutEffect, useRef, type ReactNode } from "react"
import { createPortal } from "react-dom"
import { focusableIn, pushLayer, trapTab } from "../design"

/** What lies over everything on narrow screens; Esc and the way back close it. */
export function Sheet({ label, onClose, children }: { label: string; onClose: () => void; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null)
  const close = useRef(onClose)
  useLayoutEffect(() => {
    close.current = onClose
  })

  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return undefined
    const before = document.activeElement
    const pop = pushLayer({ element, isModal: true, onEscape: () => close.current() })
    if (!element.contains(document.activeElement)) (focusableIn(element)[0] ?? element).focus({ preventScroll: true })
    return () => {
      pop()
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    }
  }, [])

  // A step of its own in the history, for the back button and gesture of phones.
  useEffect(() => {
    const mark = `sheet-${Math.random().toString(36).slice(2)}`
    const isMine = () => (history.state as { sheet?: unknown } | null)?.sheet === mark
    history.pushState({ sheet: mark }, "", location.href)
    const popped = () => {
      if (!isMine()) close.current()
    }
    addEventListener("popstate", popped)
    return () => {
      removeEventListener("popstate", popped)
      if (isMine()) history.back()
    }
  }, [])

  return createPortal(
    <div ref={box} className="shell-screen" role="dialog" aria-modal="true" aria-label={label} tabIndex={-1} onKeyDown={(event) => { if (box.current !== null) trapTab(event, box.current) }}>{children}</div>,
    document.body,
  )
}
