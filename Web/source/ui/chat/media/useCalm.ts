import { useSyncExternalStore } from "react"

const query = "(prefers-reduced-motion: reduce)"

/** Whether things should stand still, by the machine's setting or this client's. */
export function useCalm(): boolean {
  return useSyncExternalStore((listener) => {
    const media = window.matchMedia(query)
    media.addEventListener("change", listener)
    return () => media.removeEventListener("change", listener)
  }, () => window.matchMedia(query).matches || document.documentElement.dataset.motion === "reduced")
}
