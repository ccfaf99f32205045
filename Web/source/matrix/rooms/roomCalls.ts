import { path } from "../base/path"
import { asNumber, asString } from "../base/read"
import type { JSONObject } from "../base/read"
import type { API } from "../contract/session"
import type { EventID, RoomID, UserID } from "../contract/events"
import { MatrixError } from "../contract/session"

const rooms = "/_matrix/client/v3/rooms"

/** Calls about one room that change something on the server and nothing here: the sync brings what came of them. */
export class RoomCalls {
  constructor(private readonly api: API, private readonly id: RoomID, private readonly me: UserID) {}

  async setState(type: string, key: string, content: JSONObject): Promise<EventID> {
    const answer = await this.api.put(path`/_matrix/client/v3/rooms/${this.id}/state/${type}/${key}`, content)
    const id = asString(answer["event_id"])
    if (id === undefined) throw new MatrixError("M_UNKNOWN", "The server gave no event ID.", 200)
    return id
  }

  private async act(action: string, body: JSONObject) {
    await this.api.post(`${rooms}/${encodeURIComponent(this.id)}/${action}`, body)
  }

  invite(userId: UserID, reason?: string) {
    return this.act("invite", about(userId, reason))
  }

  kick(userId: UserID, reason?: string) {
    return this.act("kick", about(userId, reason))
  }

  ban(userId: UserID, reason?: string, redactAll?: boolean) {
    const body = about(userId, reason)
    // MSC4293: servers and clients that know it remove the person's messages.
    return this.act("ban", redactAll === true ? { ...body, "org.matrix.msc4293.redact_events": true } : body)
  }

  unban(userId: UserID) {
    return this.act("unban", { user_id: userId })
  }

  leave() {
    return this.act("leave", {})
  }

  forget() {
    return this.act("forget", {})
  }

  join() {
    return this.act("join", {})
  }

  async setTag(tag: string, order?: number) {
    await this.api.put(path`/_matrix/client/v3/user/${this.me}/rooms/${this.id}/tags/${tag}`, order === undefined ? {} : { order })
  }

  async removeTag(tag: string) {
    await this.api.delete(path`/_matrix/client/v3/user/${this.me}/rooms/${this.id}/tags/${tag}`)
  }

  async setAccountData(type: string, content: JSONObject) {
    await this.api.put(path`/_matrix/client/v3/user/${this.me}/rooms/${this.id}/account_data/${type}`, content)
  }

  async setTyping(isTyping: boolean) {
    await this.api.put(path`/_matrix/client/v3/rooms/${this.id}/typing/${this.me}`, isTyping ? { typing: true, timeout: 30_000 } : { typing: false })
  }

  async reportEvent(event: EventID, reason: string) {
    await this.api.post(path`/_matrix/client/v3/rooms/${this.id}/report/${event}`, { reason })
  }

  async reportRoom(reason: string) {
    await this.api.post(path`/_matrix/client/v3/rooms/${this.id}/report`, { reason })
  }

  async upgrade(version: string): Promise<RoomID> {
    const answer = await this.api.post(path`/_matrix/client/v3/rooms/${this.id}/upgrade`, { new_version: version })
    const room = asString(answer["replacement_room"])
    if (room === undefined) throw new MatrixError("M_UNKNOWN", "The server named no new room.", 200)
    return room
  }

  async eventAt(timestamp: number, direction: "f" | "b"): Promise<EventID | undefined> {
    try {
      const answer = await this.api.get(path`/_matrix/client/v1/rooms/${this.id}/timestamp_to_event`, { ts: timestamp, dir: direction })
      return asNumber(answer["origin_server_ts"]) === undefined ? undefined : asString(answer["event_id"])
    } catch (error) {
      if (error instanceof MatrixError && error.code === "M_NOT_FOUND") return undefined
      throw error
    }
  }

  /** Receipts: how far one has read, for oneself and, where they are public, for others. */
  async read(event: EventID, isPrivate: boolean, thread: EventID | undefined) {
    const kind = isPrivate ? "m.read.private" : "m.read"
    if (thread !== undefined) await this.api.post(path`/_matrix/client/v3/rooms/${this.id}/receipt/${kind}/${event}`, { thread_id: thread })
    // Without a thread it counts for all of them: sliding sync has no counts by thread that could be cleared singly.
    else await this.api.post(path`/_matrix/client/v3/rooms/${this.id}/read_markers`, { "m.fully_read": event, [kind]: event })
  }

  /** A push rule that makes the room as loud as is wanted, instead of those that were there. */
  async setNotifications(level: "all" | "mentions" | "mute" | "default") {
    const base = "/_matrix/client/v3/pushrules/global"
    const [override, room] = [`${base}/override/${encodeURIComponent(this.id)}`, `${base}/room/${encodeURIComponent(this.id)}`]
    if (level === "mute") {
      await this.api.put(override, { actions: [], conditions: [{ kind: "event_match", key: "room_id", pattern: this.id }] })
      await this.removeRule(room)
      return
    }
    if (level === "default") await this.removeRule(room)
    else await this.api.put(room, { actions: level === "all" ? ["notify", { set_tweak: "sound", value: "default" }] : [] })
    await this.removeRule(override)
  }

  private async removeRule(rule: string) {
    try {
      await this.api.delete(rule)
    } catch (error) {
      if (!(error instanceof MatrixError) || error.code !== "M_NOT_FOUND") throw error
    }
  }
}

function about(userId: UserID, reason: string | undefined): JSONObject {
  return reason === undefined || reason === "" ? { user_id: userId } : { user_id: userId, reason }
}
