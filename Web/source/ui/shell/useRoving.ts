import { useCallback, useLayoutEffect, useRef, type FocusEvent, type KeyboardEvent, type RefObject } from "react"

const selector = "[data-roving]"

/**
 * One stop of the Tab key for a whole list: the arrow keys move inside of it, Home and End to its ends, and sideways to the buttons of
 * a row (`data-roving-action`). Items are marked with `data-roving`; the current one (`aria-current`) is where Tab arrives first.
 */
export function useRoving<E extends HTMLElement>(): { ref: RefObject<E>; onKeyDown: (event: KeyboardEvent<E>) => void; onFocus: (event: FocusEvent<E>) => void } {
  const ref = useRef<E>(null)

  const onFocus = useTabStop(ref)

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
    next.focus()
    next.scrollIntoView({ block: "nearest" })
  }

  return { ref, onKeyDown, onFocus }
}

/** Keeps one item of a list in reach of the Tab key: the one that had the focus last, else the current one, else the first. */
export function useTabStop<E extends HTMLElement>(ref: RefObject<E>): (event: FocusEvent<E>) => void {
  const last = useRef<HTMLElement>()
  const mark = useCallback(() => {
    const items = [...(ref.current?.querySelectorAll<HTMLElement>(selector) ?? [])]
    const stop = items.find((item) => item === last.current) ?? items.find((item) => item.hasAttribute("aria-current")) ?? items[0]
    for (const item of items) item.tabIndex = item === stop ? 0 : -1
    for (const action of ref.current?.querySelectorAll<HTMLElement>("[data-roving-action]") ?? []) action.tabIndex = -1
  }, [ref])
  // Rows come and go without this component being rendered.
  useLayoutEffect(() => {
    const element = ref.current
    if (element === null) return undefined
    mark()
    const observer = new MutationObserver(mark)
    observer.observe(element, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-current"] })
    return () => observer.disconnect()
  }, [ref, mark])
  return useCallback((event: FocusEvent<E>) => {
    if (!(event.target instanceof HTMLElement) || !event.target.matches(selector)) return
    last.current = event.target
    mark()
  }, [mark])
}
