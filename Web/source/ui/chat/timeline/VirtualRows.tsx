import { forwardRef, useCallback, useEffect, useImperativeHandle, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react"
import { flushSync } from "react-dom"
import { ListGeometry, type Anchor, type Range } from "./ListGeometry"

export interface VirtualRowsHandle {
  scrollToBottom(): void
  /** Brings a row to a third of the height; false where it is not in the list. */
  scrollToRow(key: string): boolean
  /** Gives the focus to a row, bringing it into view. */
  focusRow(key: string): void
}

interface Props {
  readonly keys: readonly string[]
  readonly estimate: (index: number, width: number) => number
  readonly render: (index: number) => ReactNode
  readonly label: string
  /** What stands above the first row. */
  readonly header: ReactNode
  readonly initial: Anchor
  /** Whether the end of the list is its true end: only then it sticks there. */
  readonly sticksToBottom: boolean
  readonly onNearTop: () => void
  readonly onNearBottom: () => void
  readonly onBottomChange: (isAtBottom: boolean) => void
  readonly onScrolled: (anchor: Anchor) => void
  /** Told whenever rows may have moved; `isAbove` tells of a row whether it lies above what is visible, undefined where it is not in the list. */
  readonly onPlaced: (isAbove: (key: string) => boolean | undefined) => void
  readonly onKeyDown?: (event: KeyboardEvent<HTMLDivElement>) => void
}

const bottomTolerance = 24
const nearEdge = 1600

/**
 * A list of any length of which only what is near the screen exists. What one looks at stays where it is: when rows come above, when a picture
 * takes its place, when the window changes its size; at the bottom it stays at the bottom.
 */
export const VirtualRows = forwardRef<VirtualRowsHandle, Props>(function VirtualRows(props, ref) {
  const { keys, header, label, render } = props
  const latest = useRef(props)
  latest.current = props
  const scroller = useRef<HTMLDivElement>(null)
  const head = useRef<HTMLDivElement>(null)
  const space = useRef<HTMLDivElement>(null)
  const windowElement = useRef<HTMLDivElement>(null)
  const geometry = useRef<ListGeometry>()
  geometry.current ??= new ListGeometry()
  const list = geometry.current
  const anchor = useRef<Anchor>(props.initial)
  const applied = useRef(-1)
  const isAtBottom = useRef<boolean>()
  const wantsFocus = useRef<string>()
  const [range, setRange] = useState<Range>({ from: 0, to: 0 })
  const rangeNow = useRef(range)
  const seenKeys = useRef<readonly string[]>()
  const seenWidth = useRef(0)

  /** Takes over where somebody scrolled to since the last look, before the places of rows change. */
  const catchUp = useCallback(() => {
    const box = scroller.current
    if (box === null || applied.current < 0 || Math.abs(box.scrollTop - applied.current) < 1) return
    applied.current = box.scrollTop
    const rest = box.scrollHeight - box.clientHeight - box.scrollTop
    anchor.current = rest <= bottomTolerance && latest.current.sticksToBottom ? { kind: "bottom" } : list.anchorAt(box.scrollTop - headHeight())
    latest.current.onScrolled(anchor.current)
  }, [list])

  const headHeight = () => space.current?.offsetTop ?? 0

  /** Puts sizes and the scroll position where the geometry and the anchor want them. */
  const apply = useCallback(() => {
    const box = scroller.current
    if (box === null || space.current === null || windowElement.current === null) return
    space.current.style.height = `${list.total}px`
    windowElement.current.style.transform = `translateY(${list.top(rangeNow.current.from)}px)`
    const wanted = list.scrollFor(anchor.current)
    const most = box.scrollHeight - box.clientHeight
    const target = wanted === undefined ? most : Math.max(0, Math.min(most, wanted + headHeight()))
    if (Math.abs(box.scrollTop - target) >= 1) box.scrollTop = target
    applied.current = box.scrollTop
  }, [list])

  const tellPlace = useCallback(() => {
    const box = scroller.current
    if (box === null) return
    const now = latest.current
    const rest = box.scrollHeight - box.clientHeight - box.scrollTop
    const next = rest <= bottomTolerance && now.sticksToBottom
    if (next !== isAtBottom.current) {
      isAtBottom.current = next
      now.onBottomChange(next)
    }
    now.onPlaced((key) => {
      const place = list.placeOf(key)
      return place === undefined ? undefined : list.top(place) + list.height(place) + headHeight() <= box.scrollTop
    })
    if (box.scrollTop < nearEdge) now.onNearTop()
    if (rest < nearEdge) now.onNearBottom()
  }, [list])

  const rangeFor = useCallback((): Range => {
    const box = scroller.current
    return box === null ? rangeNow.current : list.range(box.scrollTop - headHeight(), box.clientHeight, rangeNow.current)
  }, [list])

  const measure = useCallback((): boolean => {
    let hasChanged = false
    catchUp()
    for (const element of windowElement.current?.children ?? []) {
      if (!(element instanceof HTMLElement)) continue
      if (list.measure(Number(element.dataset.index), element.getBoundingClientRect().height)) hasChanged = true
    }
    return hasChanged
  }, [list, catchUp])

  // New rows or another width: the geometry is laid out anew before anything is measured.
  useLayoutEffect(() => {
    const width = scroller.current?.clientWidth ?? 0
    if (seenKeys.current === keys && Math.abs(seenWidth.current - width) <= 1) return
    catchUp()
    seenKeys.current = keys
    seenWidth.current = width
    list.setRows(keys, width, (index) => latest.current.estimate(index, width))
    rangeNow.current = { from: 0, to: 0 }
    measureRange()
  })

  function measureRange() {
    apply()
    const next = rangeFor()
    if (next.from !== range.from || next.to !== range.to) setRange(next)
    rangeNow.current = next
    apply()
  }

  // After each rendering: measure what is there, keep the anchor, render more where there is a gap.
  useLayoutEffect(() => {
    if (!settle(range)) return
    const wanted = wantsFocus.current
    if (wanted !== undefined) {
      const element = windowElement.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(wanted)}"] [data-row-focus]`)
      if (element !== null && element !== undefined) {
        wantsFocus.current = undefined
        element.focus({ preventScroll: true })
      }
    }
  })

  /** Measures what was rendered; false where more must be rendered first. */
  function settle(rendered: Range): boolean {
    rangeNow.current = rendered
    measure()
    apply()
    const next = rangeFor()
    if (next.from === rendered.from && next.to === rendered.to) {
      tellPlace()
      return true
    }
    rangeNow.current = next
    setRange(next)
    return false
  }

  useEffect(() => {
    const box = scroller.current
    const inner = windowElement.current
    const above = head.current
    if (box === null || inner === null || above === null) return
    // Rows change their height when pictures, previews or formulas arrive.
    const observer = new ResizeObserver(() => {
      const width = box.clientWidth
      if (Math.abs(width - seenWidth.current) > 1) {
        seenWidth.current = width
        list.setRows(latest.current.keys, width, (index) => latest.current.estimate(index, width))
      }
      measure()
      apply()
      const next = rangeFor()
      if (next.from !== rangeNow.current.from || next.to !== rangeNow.current.to) setRange(next)
      tellPlace()
    })
    observer.observe(box)
    observer.observe(inner)
    observer.observe(above)
    return () => observer.disconnect()
  }, [apply, list, measure, rangeFor, tellPlace])

  const onScroll = () => {
    const box = scroller.current
    if (box === null || Math.abs(box.scrollTop - applied.current) < 1) return
    catchUp()
    const next = rangeFor()
    if (next.from !== rangeNow.current.from || next.to !== rangeNow.current.to) flushSync(() => setRange(next))
    else tellPlace()
  }

  const refresh = () => {
    apply()
    const next = rangeFor()
    if (next.from !== rangeNow.current.from || next.to !== rangeNow.current.to) flushSync(() => setRange(next))
    else tellPlace()
  }

  useImperativeHandle(ref, () => ({
    scrollToBottom() {
      anchor.current = { kind: "bottom" }
      latest.current.onScrolled(anchor.current)
      refresh()
    },
    scrollToRow(key) {
      const place = list.placeOf(key)
      const box = scroller.current
      if (place === undefined || box === null) return false
      anchor.current = { kind: "rows", rows: [{ key, top: Math.max(0, Math.min(box.clientHeight / 3, box.clientHeight - list.height(place) - 40)) }] }
      latest.current.onScrolled(anchor.current)
      refresh()
      return true
    },
    focusRow(key) {
      const place = list.placeOf(key)
      const box = scroller.current
      if (place === undefined || box === null) return
      const top = list.top(place) + headHeight() - box.scrollTop
      const bottom = top + list.height(place)
      if (top < 0) anchor.current = { kind: "rows", rows: [{ key, top: 8 }] }
      else if (bottom > box.clientHeight) anchor.current = { kind: "rows", rows: [{ key, top: Math.max(8, box.clientHeight - list.height(place) - 8) }] }
      wantsFocus.current = key
      refresh()
      const element = windowElement.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"] [data-row-focus]`)
      if (element !== null && element !== undefined) {
        wantsFocus.current = undefined
        element.focus({ preventScroll: true })
      }
    },
  }))

  const shown: ReactNode[] = []
  for (let index = range.from; index < Math.min(range.to, keys.length); index += 1) {
    shown.push(<div key={keys[index]} className="timeline-row" data-index={index} data-key={keys[index]} role="presentation">{render(index)}</div>)
  }
  return (
    <div ref={scroller} className="timeline-scroller" role="log" aria-live="off" aria-label={label} tabIndex={-1} onScroll={onScroll} onKeyDown={props.onKeyDown}>
      <div ref={head} className="timeline-head" role="presentation">{header}</div>
      <div ref={space} className="timeline-space" role="presentation"><div ref={windowElement} className="timeline-window" role="presentation">{shown}</div></div>
    </div>
  )
})
