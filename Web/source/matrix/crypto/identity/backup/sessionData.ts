import { asBoolean, asNumber, asObject, asString, asStrings, type JSONObject, member } from "../../../base/read"
import type { RoomID } from "../../../contract/events"
import type { ExportedSession } from "../../machine/EncryptionContext"
import { encryptForBackup, type BackupKey } from "../BackupKey"

const MEGOLM = "m.megolm.v1.aes-sha2"

/** A session as backups carry it before it is encrypted. */
export function sessionData(session: ExportedSession): JSONObject {
  return {
    algorithm: MEGOLM,
    sender_key: session.senderKey,
    sender_claimed_keys: session.claimedEd25519 === undefined ? {} : { ed25519: session.claimedEd25519 },
    forwarding_curve25519_key_chain: [...session.forwardingChain],
    session_key: session.sessionKey,
    shared_history: session.sharedHistory,
    // The name it had before it was specified, for clients that still look for that.
    "org.matrix.msc3061.shared_history": session.sharedHistory,
  }
}

/** Reads a session of a backup or export, or gives undefined where it is none. */
export function readSessionData(room: RoomID, sessionId: string, data: JSONObject | undefined, firstIndex = 0): ExportedSession | undefined {
  const sessionKey = asString(data?.["session_key"])
  const senderKey = asString(data?.["sender_key"])
  if (data === undefined || data["algorithm"] !== MEGOLM || sessionKey === undefined || senderKey === undefined) return undefined
  return {
    room,
    sessionId,
    sessionKey,
    senderKey,
    claimedEd25519: asString(member(data, "sender_claimed_keys", "ed25519")),
    forwardingChain: asStrings(data["forwarding_curve25519_key_chain"]),
    sharedHistory: asBoolean(data["shared_history"] ?? data["org.matrix.msc3061.shared_history"]) ?? false,
    firstIndex,
  }
}

/** A session as the server keeps it. */
export async function sealSession(publicKey: Uint8Array, session: ExportedSession): Promise<JSONObject> {
  return {
    first_message_index: session.firstIndex,
    forwarded_count: session.forwardingChain.length,
    is_verified: false,
    session_data: await encryptForBackup(publicKey, sessionData(session)),
  }
}

/** Opens what the server keeps of a session. */
export async function openSession(key: BackupKey, room: RoomID, sessionId: string, stored: unknown): Promise<ExportedSession | undefined> {
  const sealed = asObject(member(stored, "session_data"))
  if (sealed === undefined) return undefined
  return readSessionData(room, sessionId, await key.decrypt(sealed), asNumber(member(stored, "first_message_index")) ?? 0)
}
