import { KeyedObservable } from "../base/KeyedObservable"
import type { Observable } from "../base/observable"
import { path } from "../base/path"
import type { JSONObject } from "../base/read"
import type { UserID } from "../contract/events"
import type { API } from "../contract/session"
import type { AccountDataRecord } from "../store/records"

/** The account data outside of rooms. */
export class AccountData {
  private readonly contents = new Map<string, JSONObject>()
  private readonly values = new KeyedObservable<string, JSONObject | undefined>((type) => this.contents.get(type))
  private readonly listeners = new Map<string, Set<() => void>>()

  constructor(private readonly api: API, private readonly me: UserID) {}

  get(type: string): JSONObject | undefined {
    return this.contents.get(type)
  }

  observe(type: string): Observable<JSONObject | undefined> {
    return this.values.of(type)
  }

  on(type: string, listener: () => void): () => void {
    let set = this.listeners.get(type)
    if (set === undefined) this.listeners.set(type, (set = new Set()))
    set.add(listener)
    return () => {
      set?.delete(listener)
    }
  }

  apply(changes: readonly AccountDataRecord[]) {
    for (const { type, content } of changes) {
      this.contents.set(type, content)
      this.values.changed(type)
      for (const listener of [...(this.listeners.get(type) ?? [])]) listener()
    }
  }

  /** Counts here at once; taken back where the server refuses. */
  async set(type: string, content: JSONObject) {
    const before = this.contents.get(type)
    this.apply([{ type, content }])
    try {
      await this.api.put(path`/_matrix/client/v3/user/${this.me}/account_data/${type}`, content)
    } catch (error) {
      if (this.contents.get(type) === content) {
        if (before === undefined) this.contents.delete(type)
        else this.contents.set(type, before)
        this.values.changed(type)
      }
      throw error
    }
  }
}
