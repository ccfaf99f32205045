import { useRef, type FocusEvent, type KeyboardEvent, type RefObject } from "react"
import type { VirtualListHandle } from "../design"
import { useTabStop } from "./useRoving"

/** What `useRoving` is for lists that render only what is in sight. Rows that cannot have the focus, such as headings, are passed over. */
export function useVirtualRoving<T, E extends HTMLElement>(rows: readonly T[], takesFocus: (row: T) => boolean): {
  ref: RefObject<E>; list: RefObject<VirtualListHandle>; onKeyDown: (event: KeyboardEvent<E>) => void; onFocus: (event: FocusEvent<E>) => void
} {
  const ref = useRef<E>(null)
  const list = useRef<VirtualListHandle>(null)
  const onFocus = useTabStop(ref)

  const onKeyDown = (event: KeyboardEvent<E>) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented || event.target instanceof HTMLInputElement) return
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-index]") : null
    if (row === null) return
    const at = Number(row.dataset.index)
    const find = (from: number, step: 1 | -1) => {
      for (let index = from; index >= 0 && index < rows.length; index += step) {
        const item = rows[index]
        if (item !== undefined && takesFocus(item)) return index
      }
      return undefined
    }
    const page = 10
    const next = event.key === "ArrowDown" ? find(at + 1, 1) : event.key === "ArrowUp" ? find(at - 1, -1) : event.key === "Home" ? find(0, 1) : event.key === "End" ? find(rows.length - 1, -1)
      : event.key === "PageDown" ? find(Math.min(at + page, rows.length - 1), 1) ?? find(rows.length - 1, -1) : event.key === "PageUp" ? find(Math.max(at - page, 0), -1) ?? find(0, 1) : undefined
    if (next === undefined) return
    event.preventDefault()
    list.current?.focusIndex(next)
  }

  return { ref, list, onKeyDown, onFocus }
}
