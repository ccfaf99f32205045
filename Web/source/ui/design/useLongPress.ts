import { useEffect, useRef, type PointerEvent } from "react"

/** Handlers that call `action` with the place of a finger that rests for half a second. The click that follows is swallowed. */
export function useLongPress(action: (x: number, y: number) => void, milliseconds = 500) {
  const timer = useRef<number>()
  const start = useRef({ x: 0, y: 0 })
  useEffect(() => () => window.clearTimeout(timer.current), [])
  const end = () => window.clearTimeout(timer.current)
  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.pointerType !== "touch") return
      const { clientX: x, clientY: y } = event
      start.current = { x, y }
      window.clearTimeout(timer.current)
      timer.current = window.setTimeout(() => {
        navigator.vibrate?.(10)
        const swallow = (click: Event) => {
          click.preventDefault()
          click.stopPropagation()
        }
        window.addEventListener("click", swallow, { capture: true, once: true })
        window.setTimeout(() => window.removeEventListener("click", swallow, true), 800)
        action(x, y)
      }, milliseconds)
    },
    onPointerMove: (event: PointerEvent) => {
      if (Math.hypot(event.clientX - start.current.x, event.clientY - start.current.y) > 10) end()
    },
    onPointerUp: end,
    onPointerCancel: end,
  }
}
