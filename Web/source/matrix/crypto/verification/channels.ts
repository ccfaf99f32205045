import type { JSONObject } from "../../base/read"
import type { RoomID, UserID } from "../../contract/events"
import type { VerificationChannel } from "./VerificationChannel"
import { VerificationType } from "./VerificationType"

/** Sends a message to some devices of a user, unencrypted: verification messages authenticate themselves. */
export type SendToDevices = (userId: UserID, devices: readonly string[], type: string, content: JSONObject) => Promise<void>
export type SendToRoom = (room: RoomID, type: string, content: JSONObject) => Promise<unknown>

/** Messages from device to device, tied together by `transaction_id`. */
export function deviceChannel(send: SendToDevices, userId: UserID, id: string): VerificationChannel {
  const wrap = (content: JSONObject): JSONObject => ({ ...content, transaction_id: id })
  return { id, wrap, send: (type, content, devices) => send(userId, devices, type, wrap(content)) }
}

/** Messages through a room, tied together by a reference to the request. */
export function roomChannel(send: SendToRoom, room: RoomID, id: string): VerificationChannel {
  const wrap = (content: JSONObject): JSONObject => ({ ...content, "m.relates_to": { rel_type: "m.reference", event_id: id } })
  return {
    id,
    wrap,
    async send(type, content) {
      // Everybody in the room sees who took the request: there is nobody else to tell.
      if (type === VerificationType.cancel && content["code"] === "m.accepted") return
      await send(room, type, wrap(content))
    },
  }
}
