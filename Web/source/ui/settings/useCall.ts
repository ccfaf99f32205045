import { useCallback, useState } from "react"
import { failureText, isCancelled } from "../accounts/failureText"
import { showToast } from "../design"

/** Runs calls to the server and tells of failures; the second value is whether one runs. Resolves with whether it worked. */
export function useCall(): readonly [(work: () => Promise<unknown>, done?: string) => Promise<boolean>, boolean] {
  const [count, setCount] = useState(0)
  const call = useCallback(async (work: () => Promise<unknown>, done?: string): Promise<boolean> => {
    setCount((now) => now + 1)
    try {
      await work()
      if (done !== undefined) showToast({ kind: "success", text: done })
      return true
    } catch (error) {
      if (!isCancelled(error)) showToast({ kind: "error", text: failureText(error) })
      return false
    } finally {
      setCount((now) => now - 1)
    }
  }, [])
  return [call, count > 0]
}
