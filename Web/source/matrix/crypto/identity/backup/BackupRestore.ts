import { asObject } from "../../../base/read"
import { path } from "../../../base/path"
import type { BackupState } from "../../../contract/encryption"
import type { RoomID } from "../../../contract/events"
import { MatrixError } from "../../../contract/session"
import type { EncryptionContext, ExportedSession } from "../../machine/EncryptionContext"
import type { BackupKey } from "../BackupKey"
import { openSession } from "./sessionData"

const BATCH = 200
const LOOKUPS = 4
/** A session that was not in the backup may still be on its way there from another device: when it is looked for again. */
const LOOK_AGAIN = [60_000, 600_000]

interface Lookup { readonly room: RoomID; readonly sessionId: string; readonly tries: number }

/** Brings keys back from the backup: all of them, or one that is missing. */
export class BackupRestore {
  private readonly queue: Lookup[] = []
  /** Sessions that are being looked for, now or later. */
  private readonly asked = new Set<string>()
  private lookups = 0
  private running: Promise<void> | undefined
  private readonly stopping = new AbortController()

  constructor(
    private readonly context: EncryptionContext, private readonly source: () => Promise<{ readonly key: BackupKey; readonly version: string } | undefined>,
    private readonly progress: (restore: BackupState["restore"]) => void,
  ) {}

  all(): Promise<void> {
    this.running ??= this.run().finally(() => {
      this.running = undefined
      this.progress(undefined)
    })
    return this.running
  }

  /** Looks for one session, where the key to the backup is here. */
  one(room: RoomID, sessionId: string) {
    const id = `${room} ${sessionId}`
    if (this.asked.has(id)) return
    this.asked.add(id)
    this.enqueue({ room, sessionId, tries: 0 })
  }

  stop() {
    this.stopping.abort(new Error("stopped"))
  }

  private async run() {
    const source = await this.source()
    if (source === undefined) return
    this.progress({ done: 0, total: 0 })
    const answer = await this.context.api.get("/_matrix/client/v3/room_keys/keys", { version: source.version })
    const stored = Object.entries(asObject(answer["rooms"]) ?? {}).flatMap(([room, value]) =>
      Object.entries(asObject(asObject(value)?.["sessions"]) ?? {}).map(([sessionId, data]) => ({ room, sessionId, data })))
    for (let done = 0; done < stored.length && !this.stopping.signal.aborted; done += BATCH) {
      this.progress({ done, total: stored.length })
      const opened = await Promise.all(stored.slice(done, done + BATCH).map(({ room, sessionId, data }) => openSession(source.key, room, sessionId, data)))
      const sessions = opened.filter((session): session is ExportedSession => session !== undefined)
      await this.context.putInboundSessions(sessions, "backup", { isBackedUp: true })
    }
  }

  private async work() {
    if (this.lookups >= LOOKUPS) return
    this.lookups += 1
    try {
      // A whole restore brings most of what is missed.
      await this.running?.catch(() => undefined)
      for (let next = this.queue.shift(); next !== undefined && !this.stopping.signal.aborted; next = this.queue.shift()) await this.lookUp(next)
    } finally {
      this.lookups -= 1
    }
  }

  private enqueue(lookup: Lookup) {
    this.queue.push(lookup)
    void this.work()
  }

  private async lookUp(lookup: Lookup) {
    const { room, sessionId } = lookup
    try {
      const source = await this.source()
      // Once the key to the backup is here, everything is restored.
      const session = source === undefined ? undefined : await this.find(source, room, sessionId)
      if (session !== undefined) await this.context.putInboundSessions([session], "backup", { isBackedUp: true })
      if (source === undefined || session !== undefined) this.asked.delete(`${room} ${sessionId}`)
      else this.later(lookup)
    } catch (error) {
      this.context.platform.log("info", "a key could not be looked up in the backup", { error: String(error) })
      this.later(lookup)
    }
  }

  private async find(source: { readonly key: BackupKey; readonly version: string }, room: RoomID, sessionId: string) {
    try {
      const stored = await this.context.api.get(path`/_matrix/client/v3/room_keys/keys/${room}/${sessionId}`, { version: source.version })
      return await openSession(source.key, room, sessionId, stored)
    } catch (error) {
      if (error instanceof MatrixError && error.status === 404) return undefined
      throw error
    }
  }

  private later(lookup: Lookup) {
    const pause = LOOK_AGAIN[lookup.tries]
    if (pause === undefined) {
      this.asked.delete(`${lookup.room} ${lookup.sessionId}`)
      return
    }
    this.context.platform.clock.sleep(pause, this.stopping.signal).then(() => this.enqueue({ ...lookup, tries: lookup.tries + 1 }), () => undefined)
  }
}
