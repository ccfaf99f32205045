import type { Clock } from "../matrix/contract/platform"

/** The machine's clock. */
export const browserClock: Clock = {
  now: () => Date.now(),
  sleep(milliseconds, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason)
      const abort = () => {
        clearTimeout(timer)
        reject(signal?.reason)
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", abort)
        resolve()
      }, milliseconds)
      signal?.addEventListener("abort", abort, { once: true })
    })
  },
}
