import { forwardRef, useCallback, useImperativeHandle, useLayoutEffect, useMemo, useReducer, useRef, type ForwardedRef, type KeyboardEvent, type ReactNode } from "react"
import { classes } from "./classes"
import { focusableIn } from "./focusable"
import "./VirtualList.css"

export interface VirtualListHandle {
  scrollToIndex(index: number, where?: "nearest" | "start" | "center"): void
  /** Scrolls there and puts the focus on the row's first button or link. */
  focusIndex(index: number): void
  readonly element: HTMLDivElement | null
}

export interface VirtualListProps<T> {
  readonly items: readonly T[]
  readonly keyOf: (item: T, index: number) => string
  readonly renderItem: (item: T, index: number) => ReactNode
  /** Pixels, until a row was measured. */
  readonly estimatedSize: number | ((item: T, index: number) => number)
  readonly label: string
  /** The role of the whole; rows become its items. */
  readonly role?: "list" | "listbox" | "grid" | "group" | "menu"
  /** Up, Down, Home, End, Page keys move the focus between rows (their first button or link, or `data-roving`). */
  readonly isRoving?: boolean
  /** How many pixels beyond the edges are kept rendered. */
  readonly overscan?: number
  readonly onReachEnd?: () => void
  readonly header?: ReactNode
  readonly footer?: ReactNode
  readonly className?: string
}

/** A list that renders only the rows in sight. It scrolls itself: give it a height. Rows may be of any height; they are measured. */
export const VirtualList = forwardRef(VirtualListInner) as <T>(props: VirtualListProps<T> & { readonly ref?: ForwardedRef<VirtualListHandle> }) => JSX.Element

function VirtualListInner<T>({ items, keyOf, renderItem, estimatedSize, label, role = "list", isRoving = false, overscan = 400, onReachEnd, header, footer, className }: VirtualListProps<T>, ref: ForwardedRef<VirtualListHandle>) {
  const box = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const sizes = useRef(new Map<string, number>())
  const view = useRef({ top: 0, height: 600 })
  const wanted = useRef<{ readonly index: number; tries: number }>()
  const [version, rerender] = useReducer((count: number) => count + 1, 0)

  const offsets = useMemo(() => {
    const list = new Float64Array(items.length + 1)
    items.forEach((item, index) => {
      list[index + 1] = (list[index] ?? 0) + (sizes.current.get(keyOf(item, index)) ?? (typeof estimatedSize === "number" ? estimatedSize : estimatedSize(item, index)))
    })
    return list
    // `version` tells of new measurements.
    // eslint-disable-next-line react/exhaustive-deps
  }, [items, version])
  const total = offsets[items.length] ?? 0
  const start = view.current.top - (content.current?.offsetTop ?? 0)
  const first = Math.max(0, rowAt(offsets, start - overscan))
  const last = Math.min(items.length - 1, rowAt(offsets, start + view.current.height + overscan))

  const measure = useCallback(() => {
    const element = content.current
    if (element === null) return
    let isChanged = false
    for (const row of element.children) {
      if (!(row instanceof HTMLElement)) continue
      const key = row.dataset.key
      const height = row.offsetHeight
      if (key === undefined || height === 0 && row.childElementCount > 0 || sizes.current.get(key) === height) continue
      sizes.current.set(key, height)
      isChanged = true
    }
    if (isChanged) rerender()
  }, [])

  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    const update = () => {
      const next = { top: element.scrollTop, height: element.clientHeight }
      const isMoved = Math.abs(next.top - view.current.top) > 40 || next.height !== view.current.height
      if (isMoved || next.top === 0) {
        view.current = next
        rerender()
      }
    }
    update()
    element.addEventListener("scroll", update, { passive: true })
    const observer = new ResizeObserver(() => {
      update()
      measure()
    })
    observer.observe(element)
    return () => {
      element.removeEventListener("scroll", update)
      observer.disconnect()
    }
  }, [measure])
  useLayoutEffect(measure)
  useLayoutEffect(() => {
    if (onReachEnd !== undefined && items.length > 0 && last >= items.length - 1) onReachEnd()
  }, [onReachEnd, last, items.length])

  const scrollToIndex = useCallback((index: number, where: "nearest" | "start" | "center" = "nearest") => {
    const element = box.current
    const from = offsets[index]
    const to = offsets[index + 1]
    if (element === null || from === undefined || to === undefined) return
    const base = content.current?.offsetTop ?? 0
    if (where === "start") element.scrollTop = base + from
    else if (where === "center") element.scrollTop = base + from - (element.clientHeight - (to - from)) / 2
    else if (base + from < element.scrollTop) element.scrollTop = base + from
    else if (base + to > element.scrollTop + element.clientHeight) element.scrollTop = base + to - element.clientHeight
    view.current = { top: element.scrollTop, height: element.clientHeight }
    rerender()
  }, [offsets])
  const focusIndex = useCallback((index: number) => {
    wanted.current = { index, tries: 0 }
    scrollToIndex(index)
  }, [scrollToIndex])
  useLayoutEffect(() => {
    const target = wanted.current
    if (target === undefined) return
    const row = content.current?.querySelector<HTMLElement>(`:scope > [data-index="${target.index}"]`)
    target.tries += 1
    if (row) {
      wanted.current = undefined
      targetOf(row)?.focus({ preventScroll: true })
      row.scrollIntoView({ block: "nearest" })
    } else if (target.tries < 12) {
      // Rows on the way were measured and are of another height than was thought.
      scrollToIndex(target.index)
    }
  })
  useImperativeHandle(ref, () => ({ scrollToIndex, focusIndex, get element() { return box.current } }), [scrollToIndex, focusIndex])

  const onKeyDown = (event: KeyboardEvent) => {
    if (!isRoving || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-index]") : null
    const at = row === null ? -1 : Number(row.dataset.index)
    const page = Math.max(1, Math.floor(view.current.height / Math.max(24, total / Math.max(1, items.length))) - 1)
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1, PageDown: at + page, PageUp: at - page }[event.key]
    if (next === undefined) return
    event.preventDefault()
    focusIndex(Math.max(0, Math.min(items.length - 1, next)))
  }

  const rows: ReactNode[] = []
  for (let index = first; index <= last; index += 1) {
    const item = items[index]
    if (item === undefined) continue
    const key = keyOf(item, index)
    rows.push(
      <div key={key} data-key={key} data-index={index} className="virtual-list-row" role={role === "list" ? "listitem" : role === "grid" ? "row" : "presentation"} {...(role === "list" ? { "aria-setsize": items.length, "aria-posinset": index + 1 } : {})}>
        {renderItem(item, index)}
      </div>,
    )
  }
  return (
    <div ref={box} className={classes("virtual-list", className)} onKeyDown={onKeyDown}>
      {header}
      <div ref={content} role={items.length === 0 ? undefined : role} aria-label={items.length === 0 ? undefined : label} style={{ paddingBlockStart: offsets[first] ?? 0, paddingBlockEnd: Math.max(0, total - (offsets[last + 1] ?? total)) }}>
        {rows}
      </div>
      {footer}
    </div>
  )
}

/** The row that is at a height: the last one that begins above it. */
function rowAt(offsets: Float64Array, height: number): number {
  let low = 0
  let high = offsets.length - 2
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((offsets[middle] ?? 0) <= height) low = middle
    else high = middle - 1
  }
  return low
}

function targetOf(row: HTMLElement): HTMLElement | undefined {
  return row.querySelector<HTMLElement>("[data-roving]") ?? focusableIn(row)[0] ?? row.querySelector<HTMLElement>("button, a, [tabindex]") ?? undefined
}
