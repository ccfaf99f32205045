import { useCallback, useState } from "react"

/** Something that is read once, and again when it is told that it changed. */
export function useStored<T>(read: () => T): readonly [T, () => void] {
  const [, setCount] = useState(0)
  const reread = useCallback(() => setCount((count) => count + 1), [])
  return [read(), reread]
}
