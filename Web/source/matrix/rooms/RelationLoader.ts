import { path } from "../base/path"
import { asString } from "../base/read"
import type { EventID, RoomID } from "../contract/events"
import { readEvents } from "../sync/readEvents"
import type { RoomEvents } from "./RoomEvents"
import type { SessionCore } from "./SessionCore"

const mostPages = 10
const mostAtOnce = 3

/** Brings relations that lie outside of what a timeline loads: votes of polls, and reactions to old messages. */
export class RelationLoader {
  private readonly asked = new Set<string>()
  private waiting: { readonly id: EventID; readonly kind: "m.reference" | "m.annotation" }[] = []
  private running = 0

  constructor(private readonly core: SessionCore, private readonly room: RoomID, private readonly events: RoomEvents) {}

  want(ids: readonly EventID[], kind: "m.reference" | "m.annotation") {
    for (const id of ids) {
      if (this.asked.has(kind + id)) continue
      this.asked.add(kind + id)
      this.waiting.push({ id, kind })
    }
    this.next()
  }

  private next() {
    while (this.running < mostAtOnce) {
      const one = this.waiting.pop()
      if (one === undefined) return
      this.running += 1
      this.load(one.id, one.kind)
        .catch((error: unknown) => {
          this.asked.delete(one.kind + one.id)
          this.core.platform.log("debug", "relations could not be had", { event: one.id, error: String(error) })
        })
        .finally(() => {
          this.running -= 1
          this.next()
        })
    }
  }

  private async load(id: EventID, kind: "m.reference" | "m.annotation") {
    let from: string | undefined
    for (let page = 0; page < mostPages; page += 1) {
      const answer = await this.core.api.get(path`/_matrix/client/v1/rooms/${this.room}/relations/${id}/${kind}`, { limit: 100, from })
      await this.events.take(readEvents(answer["chunk"]))
      from = asString(answer["next_batch"])
      if (from === undefined) return
    }
  }
}
