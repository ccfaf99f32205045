import { asArray, asObject, asString, member, type JSONObject, type JSONValue } from "../../matrix/base/read"
import type { Session } from "../../matrix/contract/session"

export interface ExportProgress { readonly done: number; readonly total: number; readonly messages: number }

/** Pages of a room's history that are looked through, so that an export ends. */
const pageLimit = 500

/**
 * All that the client can get of this account's own data: profile, devices, addresses, account data, rooms, and the messages that were sent by
 * it, decrypted where this device can.
 */
export async function exportData(session: Session, onProgress: (progress: ExportProgress) => void, signal: AbortSignal): Promise<JSONObject> {
  const { api, userId } = session
  const path = (text: string) => `/_matrix/client/v3${text}`
  const attempt = async (work: Promise<JSONObject>): Promise<JSONValue> => {
    try {
      return await work
    } catch (error) {
      // What cannot be had is named in the export rather than missing from it.
      return { error: error instanceof Error ? error.message : String(error) }
    }
  }
  const [profile, devices, addresses] = await Promise.all([
    attempt(api.get(path(`/profile/${encodeURIComponent(userId)}`))), attempt(api.get(path("/devices"))), attempt(api.get(path("/account/3pid"))),
  ])
  const accountData: JSONObject = {}
  for (const type of ["m.push_rules", "m.direct", "m.ignored_user_list", "m.tag_order", "m.image_pack.rooms", "im.ponies.user_emotes", "im.ponies.emote_rooms", "m.invite_permission_config", "m.identity_server", "chat.martlet.settings"]) {
    const content = session.accountData(type).get()
    if (content !== undefined) accountData[type] = content
  }
  const summaries = session.rooms.get()
  const joined = summaries.filter((room) => room.membership === "join" && room.type !== "m.space")
  const rooms: JSONValue[] = summaries.map((room) => ({
    room_id: room.id, name: room.name ?? null, topic: room.topic ?? null, alias: room.alias ?? null, type: room.type ?? null, membership: room.membership, encrypted: room.isEncrypted, direct: room.isDirect, members: room.joinedCount,
  }))
  const messages: JSONValue[] = []
  onProgress({ done: 0, total: joined.length, messages: 0 })
  for (const [index, room] of joined.entries()) {
    let from: string | undefined
    for (let page = 0; page < pageLimit; page += 1) {
      if (signal.aborted) throw signal.reason
      const answer = await attempt(api.get(path(`/rooms/${encodeURIComponent(room.id)}/messages`), {
        dir: "b", limit: 250, from, filter: JSON.stringify({ senders: [userId], types: ["m.room.message", "m.room.encrypted", "m.sticker", "m.reaction", "m.poll.start", "m.poll.response"] }),
      }, signal))
      for (const value of asArray(member(answer, "chunk"))) messages.push(await readable(session, room.id, asObject(value)))
      onProgress({ done: index, total: joined.length, messages: messages.length })
      from = asString(member(answer, "end"))
      if (from === undefined) break
    }
    onProgress({ done: index + 1, total: joined.length, messages: messages.length })
  }
  return { exported_at: new Date().toISOString(), user_id: userId, homeserver: api.homeserver, profile, devices, addresses, account_data: accountData, rooms, messages }
}

async function readable(session: Session, room: string, event: JSONObject | undefined): Promise<JSONValue> {
  if (event === undefined) return null
  const facts: JSONObject = { room_id: room, event_id: event.event_id ?? null, type: event.type ?? null, time: event.origin_server_ts ?? null, content: event.content ?? null }
  const id = asString(event.event_id)
  const sender = asString(event.sender)
  const timestamp = event.origin_server_ts
  const content = asObject(event.content)
  if (event.type !== "m.room.encrypted" || id === undefined || sender === undefined || typeof timestamp !== "number" || content === undefined) return facts
  const { event: clear } = await session.encryption.decrypt(room, { event_id: id, sender, origin_server_ts: timestamp, type: "m.room.encrypted", content })
  return clear === undefined ? { ...facts, encrypted: true } : { ...facts, type: clear.type, content: clear.content, encrypted: true }
}
