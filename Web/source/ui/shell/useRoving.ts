import { useLayoutEffect, useRef, type KeyboardEvent, type RefObject } from "react"

const selector = "[data-roving]"

/**
 * One stop of the Tab key for a whole list: the arrow keys move inside of it, Home and End to its ends, and sideways to the buttons of
 * a row (`data-roving-action`). Items are marked with `data-roving`; the current one (`aria-current`) is where Tab arrives first.
 */
export function useRoving<E extends HTMLElement>(): { ref: RefObject<E>; onKeyDown: (event: KeyboardEvent<E>) => void } {
  const ref = useRef<E>(null)

  useLayoutEffect(() => {
    const items = [...(ref.current?.querySelectorAll<HTMLElement>(selector) ?? [])]
    const stop = items.find((item) => item === document.activeElement) ?? items.find((item) => item.hasAttribute("aria-current")) ?? items.find((item) => item.tabIndex === 0) ?? items[0]
    for (const item of items) item.tabIndex = item === stop ? 0 : -1
    for (const action of ref.current?.querySelectorAll<HTMLElement>("[data-roving-action]") ?? []) action.tabIndex = -1
  })

  const onKeyDown = (event: KeyboardEvent<E>) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return
    const focused = document.activeElement
    if (!(focused instanceof HTMLElement) || ref.current === null) return
    const items = [...ref.current.querySelectorAll<HTMLElement>(selector)]
    const row = focused.closest("[data-roving-row]")
    const own = focused.matches(selector) ? focused : row?.querySelector<HTMLElement>(selector) ?? undefined
    const at = own === undefined ? -1 : items.indexOf(own)
    if (at < 0) return
    let next: HTMLElement | undefined
    switch (event.key) {
      case "ArrowDown":
        next = items[at + 1]
        break
      case "ArrowUp":
        next = items[at - 1]
        break
      case "Home":
        next = items[0]
        break
      case "End":
        next = items[items.length - 1]
        break
      case "ArrowRight":
      case "ArrowLeft": {
        const forward = (event.key === "ArrowRight") === (getComputedStyle(ref.current).direction === "ltr")
        const stops = row === null ? [] : [...row.querySelectorAll<HTMLElement>(`${selector}, [data-roving-action]`)]
        next = stops[stops.indexOf(focused) + (forward ? 1 : -1)]
        break
      }
      default:
        return
    }
    if (next === undefined) return
    event.preventDefault()
    if (next.matches(selector)) for (const item of items) item.tabIndex = item === next ? 0 : -1
    next.focus()
    next.scrollIntoView({ block: "nearest" })
  }

  return { ref, onKeyDown }
}
