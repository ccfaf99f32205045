import { useCallback, useSyncExternalStore } from "react"

/** Whether a media query holds. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback((listener: () => void) => {
    const list = matchMedia(query)
    list.addEventListener("change", listener)
    return () => list.removeEventListener("change", listener)
  }, [query])
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches)
}

/** One column at a time: phones. */
export const narrow = "(max-width: 719px)"
/** No room for a third column beside the conversation: it lies over it. */
export const medium = "(max-width: 1023px)"
