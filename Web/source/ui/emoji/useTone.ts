import { useSyncExternalStore } from "react"
import { usePlatform } from "../bridge/contexts"

const key = "emoji.tone"

/** The tone of skin that emoji have here: 0 for none, 1…5 from light to dark; kept on this device. */
export function useTone(): [number, (tone: number) => void] {
  const { settings } = usePlatform()
  const listen = (listener: () => void) => {
    listeners.add(listener)
    const end = settings.subscribe(listener)
    return () => {
      listeners.delete(listener)
      end()
    }
  }
  const tone = useSyncExternalStore(listen, () => {
    const value = Number(settings.get(key) ?? "0")
    return Number.isInteger(value) && value >= 0 && value <= 5 ? value : 0
  })
  return [tone, (next) => {
    settings.set(key, next === 0 ? undefined : String(next))
    for (const listener of [...listeners]) listener()
  }]
}

const listeners = new Set<() => void>()
