import { useState } from "react"
import { showToast } from "../../design"
import { t } from "../../language/t"
import { failureText } from "../failureText"

/** Runs what saves something: busy meanwhile, with a word when it is done and the reason when it is not. */
export function useSaving(): { isBusy: boolean; error: string | undefined; save: (work: () => Promise<void>) => Promise<boolean> } {
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  return {
    isBusy, error,
    async save(work) {
      setBusy(true)
      setError(undefined)
      try {
        await work()
        showToast({ text: t("communities.saved"), kind: "success", key: "saved" })
        return true
      } catch (problem) {
        setError(failureText(problem))
        return false
      } finally {
        setBusy(false)
      }
    },
  }
}
