import { asString, type JSONObject } from "../../base/read"
import { readSessionData, sessionData } from "../identity/backup/sessionData"
import type { EncryptionContext, ExportedSession } from "../machine/EncryptionContext"
import { decryptKeyExport, encryptKeyExport } from "./keyExport"

const BATCH = 500

/** Room keys in and out of files, as other clients have them too. */
export class KeyTransfer {
  constructor(private readonly context: EncryptionContext) {}

  async exportKeys(passphrase: string): Promise<string> {
    const sessions: JSONObject[] = []
    await this.context.exportSessions(async (part) => {
      for (const session of part) sessions.push({ ...sessionData(session), room_id: session.room, session_id: session.sessionId })
    })
    return encryptKeyExport(sessions, passphrase)
  }

  async importKeys(text: string, passphrase: string): Promise<{ imported: number; total: number }> {
    const entries = await decryptKeyExport(text, passphrase)
    const sessions = entries.map(read).filter((session): session is ExportedSession => session !== undefined)
    let imported = 0
    for (let done = 0; done < sessions.length; done += BATCH) imported += await this.context.putInboundSessions(sessions.slice(done, done + BATCH), "import")
    return { imported, total: entries.length }
  }
}

function read(entry: JSONObject): ExportedSession | undefined {
  const room = asString(entry["room_id"])
  const sessionId = asString(entry["session_id"])
  return room === undefined || sessionId === undefined ? undefined : readSessionData(room, sessionId, entry)
}
