import { asArray, asNumber, asObject, asString } from "../../base/read"
import { path } from "../../base/path"
import type { MatrixEvent, RoomID } from "../../contract/events"
import type { Clock } from "../../contract/platform"
import type { API } from "../../contract/session"
import type { VerificationDesk } from "./VerificationDesk"

const POLL = 4_000
const LIMIT = 100

/** An event as it can be read. */
export type Decrypt = (room: RoomID, event: MatrixEvent) => Promise<{ readonly event: { readonly type: string; readonly content: MatrixEvent["content"] } | undefined }>

/**
 * Brings verification messages of rooms to the desk, all and in their order. A sync may leave out what happened between two events of a
 * room that nobody looks at, and a verification cannot do without: so what refers to a request that is being dealt with is asked for.
 */
export class RoomMessages {
  private readonly running = new Map<string, { readonly events: Set<string>; isStale: boolean }>()
  private readonly polled = new Set<string>()
  private readonly stopping = new AbortController()

  constructor(
    private readonly api: API, private readonly clock: Clock, private readonly desk: VerificationDesk, private readonly decrypt: Decrypt,
    private readonly log: (message: string, error: unknown) => void,
  ) {}

  stop() {
    this.stopping.abort(new Error("stopped"))
  }

  /** An event that came with a sync, decrypted. */
  async receive(room: RoomID, event: MatrixEvent): Promise<void> {
    const id = this.desk.roomRunOf(event)
    if (id === undefined) await this.desk.receiveRoomEvent(room, event)
    else await this.catchUp(room, id, event)
    this.follow(room)
  }

  /** Looks again and again, for as long as a verification in the room is going on. */
  follow(room: RoomID) {
    for (const id of this.desk.roomRuns(room)) {
      if (this.polled.has(id)) continue
      this.polled.add(id)
      void this.poll(room, id)
    }
  }

  private async poll(room: RoomID, id: string) {
    try {
      while (this.desk.roomRuns(room).includes(id)) {
        await this.clock.sleep(POLL, this.stopping.signal)
        await this.catchUp(room, id)
      }
    } catch (error) {
      if (!this.stopping.signal.aborted) this.log("messages of a verification could not be asked for", error)
    } finally {
      this.polled.delete(id)
    }
  }

  private async catchUp(room: RoomID, id: string, event?: MatrixEvent) {
    const before = this.running.get(id)
    if (before !== undefined) {
      if (event !== undefined && !before.events.has(event.event_id)) before.isStale = true
      return
    }
    const run = { events: new Set<string>(), isStale: true }
    this.running.set(id, run)
    try {
      while (run.isStale && !this.stopping.signal.aborted) {
        run.isStale = false
        const events = await this.ask(room, id)
        for (const one of events) run.events.add(one.event_id)
        for (const one of events) await this.deliver(room, one)
      }
    } catch (error) {
      this.log("messages of a verification could not be asked for", error)
      if (event !== undefined) await this.desk.receiveRoomEvent(room, event)
    } finally {
      this.running.delete(id)
    }
  }

  private async ask(room: RoomID, id: string): Promise<MatrixEvent[]> {
    const answer = await this.api.get(path`/_matrix/client/v1/rooms/${room}/relations/${id}/m.reference`, { dir: "f", limit: LIMIT })
    return asArray(answer["chunk"]).flatMap((value): MatrixEvent[] => {
      const [event, type] = [asObject(value), asString(asObject(value)?.["type"])]
      const [eventId, sender, timestamp] = [asString(event?.["event_id"]), asString(event?.["sender"]), asNumber(event?.["origin_server_ts"])]
      const content = asObject(event?.["content"])
      if (type === undefined || eventId === undefined || sender === undefined || timestamp === undefined || content === undefined) return []
      return [{ event_id: eventId, type, sender, origin_server_ts: timestamp, content }]
    })
  }

  private async deliver(room: RoomID, event: MatrixEvent) {
    const clear = event.type === "m.room.encrypted" ? (await this.decrypt(room, event)).event : event
    if (clear !== undefined) await this.desk.receiveRoomEvent(room, { ...event, type: clear.type, content: clear.content })
  }
}
