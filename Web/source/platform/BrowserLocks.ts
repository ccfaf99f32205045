import type { Locks } from "../matrix/contract/platform"

/** Web Locks; where a browser has none, a tab is on its own and locks only within itself. */
export class BrowserLocks implements Locks {
  private readonly waiting = new Map<string, Promise<unknown>>()

  async run<R>(name: string, work: () => Promise<R>, signal?: AbortSignal): Promise<R> {
    if ("locks" in navigator) {
      let result: { value: R } | undefined
      await navigator.locks.request(name, signal === undefined ? {} : { signal }, async () => {
        result = { value: await work() }
      })
      if (result === undefined) throw new Error("the lock was not granted")
      return result.value
    }
    const before = this.waiting.get(name) ?? Promise.resolve()
    const run = before.catch(() => undefined).then(() => {
      signal?.throwIfAborted()
      return work()
    })
    this.waiting.set(name, run)
    return run
  }
}
