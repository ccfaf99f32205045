import { useLayoutEffect, useRef, type RefObject } from "react"

/** The newest value, for handlers that are set up once. Read it in handlers and effects, not while rendering. */
export function useLatest<T>(value: T): { readonly current: T } & RefObject<T> {
  const ref = useRef<T>(value)
  useLayoutEffect(() => {
    ref.current = value
  })
  return ref as { readonly current: T } & RefObject<T>
}
