import { path } from "../base/path"
import { asString } from "../base/read"
import type { EncryptionHost } from "../contract/encryption"
import { MatrixError } from "../contract/session"
import type { ClientSession } from "./ClientSession"

/** What encryption asks of the rest of a session. */
export function encryptionHost(session: ClientSession): EncryptionHost {
  return {
    async roomRecipients(id) {
      const room = session.model(id)
      if (room === undefined) return []
      await room.loadMembers()
      const historyVisibility = asString(room.data.state.content("m.room.history_visibility")?.["history_visibility"]) ?? "shared"
      // "Invited members get keys where they may read what is sent while they are invited."
      const includesInvited = historyVisibility !== "joined"
      return [...room.data.members.known()].filter((one) => one.membership === "join" || (includesInvited && one.membership === "invite")).map((one) => one.userId)
    },
    roomEncryption: (id) => session.model(id)?.record.encryption,
    historyVisibility: (id) => asString(session.model(id)?.data.state.content("m.room.history_visibility")?.["history_visibility"]) ?? "shared",
    accountData: (type) => session.data.get(type),
    setAccountData: (type, content) => session.data.set(type, content),
    onAccountData: (type, listener) => session.data.on(type, listener),
    trackedUsers() {
      const users = new Set<string>()
      for (const room of session.allModels()) {
        if (room.record.encryption === undefined || room.record.membership !== "join") continue
        for (const one of room.data.members.known()) if (one.membership === "join" || one.membership === "invite") users.add(one.userId)
      }
      return users
    },
    async sendRoomEvent(id, type, content) {
      const isEncrypted = session.model(id)?.record.encryption !== undefined
      const body = isEncrypted ? await session.encryption.encrypt(id, type, content) : content
      const answer = await session.api.put(path`/_matrix/client/v3/rooms/${id}/send/${isEncrypted ? "m.room.encrypted" : type}/${session.newTransactionID()}`, body)
      const event = asString(answer["event_id"])
      if (event === undefined) throw new MatrixError("M_UNKNOWN", "The server gave no event ID.", 200)
      return event
    },
    directRoom: (userId) => session.directRoom([userId]),
  }
}
