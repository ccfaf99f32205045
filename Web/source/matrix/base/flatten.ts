import type { Observable } from "./observable"

/** The value of whatever observable the source has at the moment. */
export function flatten<T>(source: Observable<Observable<T>>): Observable<T> {
  return {
    get: () => source.get().get(),
    subscribe(listener) {
      let last = source.get().get()
      const changed = () => {
        const next = source.get().get()
        if (Object.is(next, last)) return
        last = next
        listener()
      }
      let inner = source.get()
      let endInner = inner.subscribe(changed)
      const endOuter = source.subscribe(() => {
        const next = source.get()
        if (next === inner) return
        endInner()
        inner = next
        endInner = inner.subscribe(changed)
        changed()
      })
      return () => {
        endInner()
        endOuter()
      }
    },
  }
}
