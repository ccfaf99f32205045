import { announce } from "./observable"
import type { Observable } from "./observable"

/** Observables by key over something that is looked up; whoever owns it tells which keys changed. */
export class KeyedObservable<K, V> {
  private readonly listeners = new Map<K, Set<() => void>>()
  private readonly made = new Map<K, Observable<V>>()

  /** `watched` is told when somebody begins to watch a key, to load it. */
  constructor(private readonly look: (key: K) => V, private readonly watched?: (key: K) => void) {}

  of(key: K): Observable<V> {
    const known = this.made.get(key)
    if (known !== undefined) return known
    const made: Observable<V> = {
      get: () => this.look(key),
      subscribe: (listener) => {
        let set = this.listeners.get(key)
        if (set === undefined) this.listeners.set(key, (set = new Set()))
        const own = () => listener()
        set.add(own)
        this.watched?.(key)
        return () => {
          set?.delete(own)
          if (set?.size === 0 && this.listeners.get(key) === set) this.listeners.delete(key)
        }
      },
    }
    // Observables keep no value of their own: dropping the oldest costs nothing but identity.
    if (this.made.size > 5_000) {
      const oldest = this.made.keys().next()
      if (oldest.done !== true) this.made.delete(oldest.value)
    }
    this.made.set(key, made)
    return made
  }

  changed(key: K) {
    const set = this.listeners.get(key)
    if (set !== undefined) announce(set)
  }

  changedAll() {
    for (const key of [...this.listeners.keys()]) this.changed(key)
  }

  get isAnyWatched(): boolean {
    return this.listeners.size > 0
  }

  isWatched(key: K): boolean {
    return this.listeners.has(key)
  }
}
