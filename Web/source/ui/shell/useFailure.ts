import { showToast } from "../design"

/** Tells of something that did not work. */
export function useFailure(): (text: string) => void {
  return (text) => showToast({ kind: "error", text })
}
