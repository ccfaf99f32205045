import { KeyedObservable } from "../base/KeyedObservable"
import { Value } from "../base/observable"
import type { Observable } from "../base/observable"
import type { JSONObject } from "../base/read"
import type { MatrixEvent } from "../contract/events"

const none: ReadonlyMap<string, MatrixEvent> = new Map()

/** The state of a room but for its members, as far as it is known. */
export class RoomState {
  private readonly types = new Map<string, ReadonlyMap<string, MatrixEvent>>()
  private readonly contents = new KeyedObservable<string, JSONObject | undefined>((slot) => this.content(...splitSlot(slot)), () => this.wanted())
  private readonly maps = new KeyedObservable<string, ReadonlyMap<string, MatrixEvent>>((type) => this.ofType(type), () => this.wanted())
  readonly isLoaded = new Value(false)
  /** Counts changes, for what is computed of several types. */
  readonly version = new Value(0)

  /** `wanted` is told when somebody looks, to load what is in the store. */
  constructor(private readonly wanted: () => void) {}

  event(type: string, key = ""): MatrixEvent | undefined {
    return this.types.get(type)?.get(key)
  }

  /** Undefined where there is none, or where it is empty. */
  content(type: string, key = ""): JSONObject | undefined {
    const content = this.event(type, key)?.content
    return content === undefined || Object.keys(content).length === 0 ? undefined : content
  }

  ofType(type: string): ReadonlyMap<string, MatrixEvent> {
    return this.types.get(type) ?? none
  }

  observe(type: string, key: string): Observable<JSONObject | undefined> {
    return this.contents.of(`${type}\u0000${key}`)
  }

  observeType(type: string): Observable<ReadonlyMap<string, MatrixEvent>> {
    return this.maps.of(type)
  }

  /** Takes newer events over; `isReplaced`: everything else is void. */
  apply(events: readonly MatrixEvent[], isReplaced = false) {
    if (isReplaced) {
      const gone = [...this.types.keys()]
      this.types.clear()
      for (const type of gone) this.announceType(type, none)
    }
    const changed = new Map<string, Map<string, MatrixEvent>>()
    for (const event of events) {
      const key = event.state_key ?? ""
      const known = this.event(event.type, key)
      if (known?.event_id === event.event_id && known.content === event.content) continue
      let map = changed.get(event.type)
      if (map === undefined) changed.set(event.type, (map = new Map(this.ofType(event.type))))
      map.set(key, event)
    }
    this.announce(changed)
  }

  /** Takes what the store had over, where nothing newer is known. */
  fill(events: readonly MatrixEvent[]) {
    const changed = new Map<string, Map<string, MatrixEvent>>()
    for (const event of events) {
      const key = event.state_key ?? ""
      if (this.event(event.type, key) !== undefined) continue
      let map = changed.get(event.type)
      if (map === undefined) changed.set(event.type, (map = new Map(this.ofType(event.type))))
      map.set(key, event)
    }
    this.announce(changed)
  }

  private announce(changed: ReadonlyMap<string, ReadonlyMap<string, MatrixEvent>>) {
    for (const [type, map] of changed) {
      const before = this.ofType(type)
      this.types.set(type, map)
      for (const [key, event] of map) if (before.get(key) !== event) this.contents.changed(`${type}\u0000${key}`)
      this.maps.changed(type)
    }
    if (changed.size > 0) this.version.update((version) => version + 1)
  }

  private announceType(type: string, map: ReadonlyMap<string, MatrixEvent>) {
    for (const key of map.keys()) this.contents.changed(`${type}\u0000${key}`)
    this.contents.changedAll()
    this.maps.changed(type)
  }
}

function splitSlot(slot: string): [string, string] {
  const at = slot.indexOf("\u0000")
  return [slot.slice(0, at), slot.slice(at + 1)]
}
