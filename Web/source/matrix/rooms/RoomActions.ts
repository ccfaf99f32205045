import type { EventID, RoomID, UserID } from "../contract/events"
import type { JSONObject } from "../base/read"
import type { RoomRecord } from "../store/records"
import { RoomCalls } from "./roomCalls"
import type { SessionCore } from "./SessionCore"

/** What can be done in a room that only the server has to agree to: the sync brings what came of it. */
export abstract class RoomActions {
  protected readonly calls: RoomCalls
  abstract readonly record: RoomRecord

  constructor(protected readonly core: SessionCore, readonly id: RoomID) {
    this.calls = new RoomCalls(core.api, id, core.me)
  }

  setState(type: string, key: string, content: JSONObject) {
    return this.calls.setState(type, key, content)
  }

  async invite(userId: UserID, reason?: string) {
    if (this.record.encryption !== undefined) {
      await this.core.encryption.shareHistory(this.id, userId).catch((error: unknown) => this.core.platform.log("warning", "the history could not be shared", { room: this.id, error: String(error) }))
    }
    await this.calls.invite(userId, reason)
  }

  kick(userId: UserID, reason?: string) {
    return this.calls.kick(userId, reason)
  }

  ban(userId: UserID, reason?: string, redactAll?: boolean) {
    return this.calls.ban(userId, reason, redactAll)
  }

  unban(userId: UserID) {
    return this.calls.unban(userId)
  }

  leave() {
    return this.calls.leave()
  }

  async forget() {
    await this.calls.forget()
    await this.core.removeRoom(this.id)
  }

  async join() {
    const direct = this.record.isInvitedDirect ? this.record.inviter : undefined
    await this.calls.join()
    if (direct !== undefined) await this.core.setDirect(this.id, [direct])
  }

  setTag(tag: string, order?: number) {
    return this.calls.setTag(tag, order)
  }

  removeTag(tag: string) {
    return this.calls.removeTag(tag)
  }

  setNotifications(level: "all" | "mentions" | "mute" | "default") {
    return this.calls.setNotifications(level)
  }

  reportEvent(id: EventID, reason: string) {
    return this.calls.reportEvent(id, reason)
  }

  reportRoom(reason: string) {
    return this.calls.reportRoom(reason)
  }

  upgrade(version: string) {
    return this.calls.upgrade(version)
  }

  async enableEncryption() {
    await this.calls.setState("m.room.encryption", "", { algorithm: "m.megolm.v1.aes-sha2" })
  }
}
