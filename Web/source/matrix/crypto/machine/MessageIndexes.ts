import type { EventID, RoomID } from "../../contract/events"
import type { MachineCore } from "./MachineCore"
import type { MessageIndexRecord } from "./records"

const STORE = "messageIndexes"
const MOST_SESSIONS = 400
const WRITE_DELAY = 100

type Seen = Map<number, { readonly eventId: EventID; readonly timestamp: number }>

/** Which event had which index of a session: a second event with the same index is a replay. */
export class MessageIndexes {
  private readonly loaded = new Map<string, Promise<Seen>>()
  private waiting: MessageIndexRecord[] = []
  private writing: Promise<void> | undefined

  constructor(private readonly core: MachineCore) {}

  /** Notes an event that was decrypted; false where another one had its index before. */
  async note(room: RoomID, sessionId: string, index: number, eventId: EventID, timestamp: number): Promise<boolean> {
    const seen = await this.seen(room, sessionId)
    const known = seen.get(index)
    if (known !== undefined) return known.eventId === eventId && known.timestamp === timestamp
    seen.set(index, { eventId, timestamp })
    this.waiting.push({ room, sessionId, index, eventId, timestamp })
    this.writing ??= this.writeSoon()
    return true
  }

  /** Writes what waits, such as before the end. */
  async write(): Promise<void> {
    const records = this.waiting
    this.waiting = []
    if (records.length > 0) {
      await this.core.write([STORE], async (transaction) => {
        for (const record of records) transaction.put(STORE, record)
      })
    }
  }

  /** Many are written at once: each by itself would cost more than its decryption. */
  private async writeSoon() {
    try {
      await this.core.platform.clock.sleep(WRITE_DELAY, this.core.stopSignal)
    } catch {
      return
    } finally {
      this.writing = undefined
    }
    await this.write().catch((error) => this.core.log("warning", "indices of messages could not be stored", { error: String(error) }))
  }

  private seen(room: RoomID, sessionId: string): Promise<Seen> {
    const key = `${room}|${sessionId}`
    const known = this.loaded.get(key)
    if (known !== undefined) return known
    const loading = this.load(room, sessionId)
    loading.catch(() => this.loaded.delete(key))
    const oldest = this.loaded.keys().next()
    if (this.loaded.size >= MOST_SESSIONS && oldest.done !== true) this.loaded.delete(oldest.value)
    this.loaded.set(key, loading)
    return loading
  }

  private async load(room: RoomID, sessionId: string): Promise<Seen> {
    const range = { lower: [room, sessionId, 0], upper: [room, sessionId, Number.MAX_SAFE_INTEGER] }
    const records = await this.core.read([STORE], (transaction) => transaction.list<MessageIndexRecord>(STORE, { range }))
    const waiting = this.waiting.filter((record) => record.room === room && record.sessionId === sessionId)
    return new Map([...records, ...waiting].map(({ index, eventId, timestamp }) => [index, { eventId, timestamp }]))
  }
}
