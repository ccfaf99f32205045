import { useCallback, useSyncExternalStore } from "react"

/** Whether a media query holds. */
export function useMediaQuery(query: string): boolean {
  const subscribe = useCallback((listener: () => void) => {
    const list = window.matchMedia(query)
    list.addEventListener("change", listener)
    return () => list.removeEventListener("change", listener)
  }, [query])
  return useSyncExternalStore(subscribe, () => window.matchMedia(query).matches)
}

/** narrow: one column (phones, below 720 px); medium: two (below 1024 px); wide: three and more. */
export type Breakpoint = "narrow" | "medium" | "wide"

export function useBreakpoint(): Breakpoint {
  const isNarrow = useMediaQuery("(max-width: 719px)")
  const isMedium = useMediaQuery("(max-width: 1023px)")
  return isNarrow ? "narrow" : isMedium ? "medium" : "wide"
}
