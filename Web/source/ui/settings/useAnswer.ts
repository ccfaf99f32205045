import { useCallback, useEffect, useState } from "react"

export type Answer<T> = { readonly kind: "loading" } | { readonly kind: "ready"; readonly value: T } | { readonly kind: "failed"; readonly error: unknown }

/** What a call answers, and how to ask again. `ask` must be stable. */
export function useAnswer<T>(ask: (signal: AbortSignal) => Promise<T>): readonly [Answer<T>, () => void] {
  const [answer, setAnswer] = useState<Answer<T>>({ kind: "loading" })
  const [round, setRound] = useState(0)
  useEffect(() => {
    const abort = new AbortController()
    ask(abort.signal).then((value) => {
      if (!abort.signal.aborted) setAnswer({ kind: "ready", value })
    }, (error: unknown) => {
      if (!abort.signal.aborted) setAnswer({ kind: "failed", error })
    })
    return () => abort.abort()
  }, [ask, round])
  return [answer, useCallback(() => setRound((count) => count + 1), [])]
}
