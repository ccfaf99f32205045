/** A value that can be looked at now and watched for changes. */
export interface Observable<T> {
  /** The value now. The same object is given until it changes, so `===` tells whether it did. */
  get(): T
  /** Calls `listener` after each change, at most once a batch. The answer ends the watching. */
  subscribe(listener: () => void): () => void
}

let depth = 0
const pending = new Set<() => void>()

/** Runs `work`; listeners of whatever it changes are called once each, when the outermost batch ends. */
export function batch<R>(work: () => R): R {
  depth += 1
  try {
    return work()
  } finally {
    depth -= 1
    if (depth === 0) flush()
  }
}

function flush() {
  while (pending.size > 0) {
    const listeners = [...pending]
    pending.clear()
    for (const listener of listeners) listener()
  }
}

/** Tells listeners of a change, respecting a running batch; for classes that keep their own set of listeners. */
export function announce(listeners: Iterable<() => void>) {
  for (const listener of listeners) pending.add(listener)
  if (depth === 0) flush()
}

/** An observable that its owner sets. */
export class Value<T> implements Observable<T> {
  private readonly listeners = new Set<() => void>()

  constructor(private value: T, private readonly isEqual: (a: T, b: T) => boolean = Object.is) {}

  get(): T {
    return this.value
  }

  set(value: T) {
    if (this.isEqual(this.value, value)) return
    this.value = value
    announce(this.listeners)
  }

  update(change: (value: T) => T) {
    this.set(change(this.value))
  }

  subscribe(listener: () => void): () => void {
    // A wrapper of its own, so that one function subscribed twice is told twice and ends singly.
    const own = () => listener()
    this.listeners.add(own)
    return () => {
      this.listeners.delete(own)
      pending.delete(own)
    }
  }

  /** Whether anybody watches. */
  get isWatched(): boolean {
    return this.listeners.size > 0
  }
}

/** A value computed from others: computed when looked at, kept until one of its sources changes. */
export function derived<T>(
  sources: readonly Observable<unknown>[], compute: () => T, isEqual: (a: T, b: T) => boolean = Object.is,
): Observable<T> {
  let isKept = false
  let seen: unknown[] = []
  let kept: T
  const current = (): T => {
    const now = sources.map((source) => source.get())
    if (isKept && now.every((value, index) => Object.is(value, seen[index]))) return kept
    const next = compute()
    seen = now
    if (!isKept || !isEqual(kept, next)) kept = next
    isKept = true
    return kept
  }
  return {
    get: current,
    subscribe(listener) {
      let last = current()
      const own = () => {
        const next = current()
        if (Object.is(next, last)) return
        last = next
        listener()
      }
      const ends = sources.map((source) => source.subscribe(own))
      return () => ends.forEach((end) => end())
    },
  }
}

/** A value that never changes. */
export function constant<T>(value: T): Observable<T> {
  return { get: () => value, subscribe: () => () => undefined }
}

/** The first value that satisfies `condition`, now or later; rejects with the signal's reason. */
export function when<T>(source: Observable<T>, condition: (value: T) => boolean, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const value = source.get()
    if (condition(value)) return resolve(value)
    const end = source.subscribe(() => {
      const next = source.get()
      if (!condition(next)) return
      end()
      resolve(next)
    })
    signal?.addEventListener("abort", () => {
      end()
      reject(signal.reason)
    })
  })
}
