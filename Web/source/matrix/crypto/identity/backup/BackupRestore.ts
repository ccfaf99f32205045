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
/** A session that was not in the backup is looked for again after this long. */
const LOOK_AGAIN = 600_000

/** Brings keys back from the backup: all of them, or one that is missing. */
export class BackupRestore {
  private readonly queue: { readonly room: RoomID; readonly sessionId: string }[] = []
  private readonly asked = new Map<string, number>()
  private lookups = 0
  private running: Promise<void> | undefined
  private isStopped = false

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
    const now = this.context.platform.clock.now()
    const id = `${room} ${sessionId}`
    const last = this.asked.get(id)
    if (last !== undefined && now - last < LOOK_AGAIN) return
    this.asked.set(id, now)
    this.queue.push({ room, sessionId })
    void this.work()
  }

  stop() {
    this.isStopped = true
  }

  private async run() {
    const source = await this.source()
    if (source === undefined) return
    this.progress({ done: 0, total: 0 })
    const answer = await this.context.api.get("/_matrix/client/v3/room_keys/keys", { version: source.version })
    const stored = Object.entries(asObject(answer["rooms"]) ?? {}).flatMap(([room, value]) =>
      Object.entries(asObject(asObject(value)?.["sessions"]) ?? {}).map(([sessionId, data]) => ({ room, sessionId, data })))
    for (let done = 0; done < stored.length && !this.isStopped; done += BATCH) {
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
      for (let next = this.queue.shift(); next !== undefined && !this.isStopped; next = this.queue.shift()) await this.lookUp(next.room, next.sessionId)
    } finally {
      this.lookups -= 1
    }
  }

  private async lookUp(room: RoomID, sessionId: string) {
    const id = `${room} ${sessionId}`
    try {
      const source = await this.source()
      if (source === undefined) {
        // Once the key to the backup is here, it is worth another look.
        this.asked.delete(id)
        return
      }
      const stored = await this.context.api.get(path`/_matrix/client/v3/room_keys/keys/${room}/${sessionId}`, { version: source.version })
      const session = await openSession(source.key, room, sessionId, stored)
      if (session !== undefined) await this.context.putInboundSessions([session], "backup", { isBackedUp: true })
    } catch (error) {
      if (error instanceof MatrixError && error.status === 404) return
      this.asked.delete(id)
      this.context.platform.log("info", "a key could not be looked up in the backup", { error: String(error) })
    }
  }
}
