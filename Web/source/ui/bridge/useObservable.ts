import { useCallback, useSyncExternalStore } from "react"
import type { Observable } from "../../matrix/base/observable"

const nothing: Observable<undefined> = { get: () => undefined, subscribe: () => () => undefined }

/** The value of an observable, rendered anew whenever it changes; undefined where there is no observable. */
export function useObservable<T>(source: Observable<T>): T
export function useObservable<T>(source: Observable<T> | undefined): T | undefined
export function useObservable<T>(source: Observable<T> | undefined): T | undefined {
  const observable: Observable<T | undefined> = source ?? nothing
  const subscribe = useCallback((listener: () => void) => observable.subscribe(listener), [observable])
  const snapshot = useCallback(() => observable.get(), [observable])
  return useSyncExternalStore(subscribe, snapshot)
}
