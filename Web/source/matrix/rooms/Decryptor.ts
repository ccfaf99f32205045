import type { Encryption } from "../contract/encryption"
import type { EventID, MatrixEvent, RoomID } from "../contract/events"
import type { Clear } from "./Clear"

interface Entry { readonly clear: Clear; readonly sessionId: string | undefined; readonly room: RoomID }

const most = 5_000

/** Decrypts events, each but once; what failed is tried again when keys come. */
export class Decryptor {
  private readonly known = new Map<EventID, Entry>()
  private readonly running = new Map<EventID, Promise<Clear>>()
  private readonly listeners = new Set<(room: RoomID, ids: readonly EventID[]) => void>()

  private readonly readers = new Set<(room: RoomID, event: MatrixEvent, clear: Clear) => void>()

  constructor(private readonly encryption: Encryption) {
    encryption.onKeys((room, sessionId) => this.keysCame(room, sessionId))
  }

  /** What the event says, where that is known without waiting. */
  now(event: MatrixEvent): Clear | undefined {
    if (!isEncrypted(event)) return { type: event.type, content: event.content, encryption: { kind: "none" } }
    return this.known.get(event.event_id)?.clear
  }

  decrypt(room: RoomID, event: MatrixEvent): Promise<Clear> {
    const now = this.now(event)
    if (now !== undefined) return Promise.resolve(now)
    const running = this.running.get(event.event_id)
    if (running !== undefined) return running
    const run = this.run(room, event).finally(() => this.running.delete(event.event_id))
    this.running.set(event.event_id, run)
    return run
  }

  /** Told of events that may be readable now. */
  onRetry(listener: (room: RoomID, ids: readonly EventID[]) => void): () => void {
    this.listeners.add(listener)
    return () => {
      this.listeners.delete(listener)
    }
  }

  /** Told of each event that was decrypted. */
  onClear(listener: (room: RoomID, event: MatrixEvent, clear: Clear) => void): () => void {
    this.readers.add(listener)
    return () => {
      this.readers.delete(listener)
    }
  }

  private async run(room: RoomID, event: MatrixEvent): Promise<Clear> {
    let clear: Clear
    let sessionId: string | undefined
    try {
      const decryption = await this.encryption.decrypt(room, event)
      sessionId = decryption.sessionId
      const found = decryption.event
      clear = { type: found?.type ?? event.type, content: found?.content ?? event.content, encryption: decryption.encryption }
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      clear = { type: event.type, content: event.content, encryption: { kind: "undecryptable", reason: "broken", detail } }
    }
    if (this.known.size >= most) {
      const oldest = this.known.keys().next()
      if (oldest.done !== true) this.known.delete(oldest.value)
    }
    this.known.set(event.event_id, { clear, sessionId, room })
    for (const reader of [...this.readers]) reader(room, event, clear)
    return clear
  }

  private keysCame(room: RoomID, sessionId: string) {
    const ids: EventID[] = []
    for (const [id, entry] of this.known) {
      if (entry.room === room && entry.sessionId === sessionId && entry.clear.encryption.kind === "undecryptable") ids.push(id)
    }
    for (const id of ids) this.known.delete(id)
    if (ids.length > 0) for (const listener of [...this.listeners]) listener(room, ids)
  }
}

/** Whether there is something to decrypt: a redacted event has nothing left. */
export function isEncrypted(event: MatrixEvent): boolean {
  return event.type === "m.room.encrypted" && event.unsigned?.["redacted_because"] === undefined && event.state_key === undefined
}
