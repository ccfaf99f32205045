import { useState, type MouseEvent, type PointerEvent, type ReactNode } from "react"
import { MenuAt } from "./Menu"
import type { Box } from "./place"
import { useLatest } from "./useLatest"
import { useLongPress } from "./useLongPress"

interface Handlers {
  readonly onContextMenu: (event: MouseEvent) => void
  readonly onPointerDown: (event: PointerEvent) => void
  readonly onPointerMove: (event: PointerEvent) => void
  readonly onPointerUp: (event: PointerEvent) => void
  readonly onPointerCancel: (event: PointerEvent) => void
}

/**
 * A menu by right click, the menu key, Shift+F10 or a long press: spread `handlers` on what has it, render `menu` anywhere.
 * `content` gives the menu's rows when it opens; undefined leaves the browser's own menu.
 */
export function useContextMenu(content: () => ReactNode | undefined, label?: string): { handlers: Handlers; menu: ReactNode; isOpen: boolean; openAt: (anchor: Element | Box) => void } {
  const [state, setState] = useState<{ anchor: Element | Box; rows: ReactNode }>()
  const latest = useLatest(content)
  const openAt = (anchor: Element | Box): boolean => {
    const rows = latest.current()
    if (rows === undefined || rows === null) return false
    setState({ anchor, rows })
    return true
  }
  const press = useLongPress((x, y) => openAt({ left: x, top: y, width: 0, height: 0 }))
  return {
    handlers: {
      ...press,
      onContextMenu: (event) => {
        if (event.defaultPrevented) return
        // Selected text and links in texts keep the browser's menu with Shift.
        if (event.shiftKey && event.button === 2) return
        // By keyboard there is no place: beside what has the focus.
        const byKey = event.clientX === 0 && event.clientY === 0 && event.target instanceof Element
        const anchor = byKey ? (event.target as Element) : { left: event.clientX, top: event.clientY, width: 0, height: 0 }
        if (openAt(anchor)) event.preventDefault()
      },
    },
    menu: state === undefined ? null : <MenuAt anchor={state.anchor} onClose={() => setState(undefined)} {...(label === undefined ? {} : { label })}>{state.rows}</MenuAt>,
    isOpen: state !== undefined,
    openAt: (anchor) => {
      openAt(anchor)
    },
  }
}

/** Gives a menu to what is inside, without a box of its own. */
export function ContextMenu({ content, label, children }: { readonly content: () => ReactNode | undefined; readonly label?: string; readonly children: ReactNode }) {
  const { handlers, menu } = useContextMenu(content, label)
  return <><span className="menu-anchor" {...handlers}>{children}</span>{menu}</>
}
