import { asObject, type JSONObject } from "../../../base/read"
import { MatrixError } from "../../../contract/session"
import type { EncryptionContext } from "../../machine/EncryptionContext"
import { keyFromBase64 } from "../../primitives/base64"
import type { BackupVersion } from "./BackupVersion"
import { sealSession } from "./sessionData"

const BATCH = 100
/** Keys often come several at a time. */
const PAUSE = 1_500
const FIRST_RETRY = 5_000
const LAST_RETRY = 60_000

/** What the upload asks of the backup it belongs to. */
export interface UploadHost {
  /** The version to upload to, where there is one that is trusted. */
  version(): BackupVersion | undefined
  waiting(count: number): void
  /** The server has a newer version. */
  replaced(): Promise<void>
}

/** Brings sessions into the backup as they come, in batches, and tries again for as long as it takes. */
export class BackupUpload {
  private isRunning = false
  private isWoken = false
  private readonly stopping = new AbortController()

  constructor(private readonly context: EncryptionContext, private readonly host: UploadHost) {}

  wake() {
    this.isWoken = true
    if (this.isRunning || this.stopping.signal.aborted) return
    this.isRunning = true
    this.run()
      .catch((error) => { if (!this.stopping.signal.aborted) this.context.platform.log("warning", "the key backup stopped", { error: String(error) }) })
      .finally(() => { this.isRunning = false })
  }

  stop() {
    this.stopping.abort(new Error("stopped"))
  }

  private async run() {
    const { clock, locks } = this.context.platform
    for (let retry = FIRST_RETRY; this.isWoken && !this.stopping.signal.aborted;) {
      this.isWoken = false
      this.host.waiting(await this.context.countSessionsToBackUp())
      await clock.sleep(PAUSE, this.stopping.signal)
      try {
        // One tab at a time, so that nothing is sent twice.
        await locks.run(`martlet:backup:${this.context.userId}`, () => this.drain(), this.stopping.signal)
        retry = FIRST_RETRY
      } catch (error) {
        if (error instanceof MatrixError && (error.code === "M_WRONG_ROOM_KEYS_VERSION" || error.status === 404)) {
          const before = this.host.version()?.version
          await this.host.replaced()
          if (this.host.version()?.version !== before) continue
        }
        this.context.platform.log("info", "keys could not be backed up, trying again", { error: String(error), retry })
        await clock.sleep(retry, this.stopping.signal)
        retry = Math.min(retry * 2, LAST_RETRY)
        this.isWoken = true
      }
    }
  }

  private async drain() {
    for (;;) {
      const version = this.host.version()
      const publicKey = keyFromBase64(version?.publicKey)
      const sessions = await this.context.sessionsToBackUp(BATCH)
      this.host.waiting(await this.context.countSessionsToBackUp())
      if (version === undefined || publicKey === undefined || sessions.length === 0 || this.stopping.signal.aborted) return
      const rooms: JSONObject = {}
      const sealed = await Promise.all(sessions.map((session) => sealSession(publicKey, session)))
      sessions.forEach((session, index) => {
        const room = asObject(rooms[session.room]) ?? { sessions: {} }
        rooms[session.room] = { sessions: { ...asObject(room["sessions"]), [session.sessionId]: sealed[index] ?? {} } }
      })
      await this.context.api.put("/_matrix/client/v3/room_keys/keys", { rooms }, { version: version.version })
      await this.context.markBackedUp(sessions)
    }
  }
}
