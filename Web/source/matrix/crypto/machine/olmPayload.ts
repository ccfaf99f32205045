import { asObject, asString, member } from "../../base/read"
import type { JSONObject } from "../../base/read"
import type { UserID } from "../../contract/events"
import { fromUTF8 } from "../primitives/bytes"
import { verifyJSON } from "../primitives/signedJSON"

/** What came through Olm, after the checks of the specification. */
export interface OlmPayload {
  readonly type: string
  readonly content: JSONObject
  readonly senderEd25519: string
  /** The sender's signed device object, where the message carried it. */
  readonly senderDeviceKeys: JSONObject | undefined
}

/** A decrypted message that is not what it should be, and has to be discarded. */
export class PayloadRefused extends Error {
  override readonly name = "PayloadRefused"
}

/** Reads and checks a decrypted message. */
export async function readPayload(
  plaintext: Uint8Array, expected: { sender: UserID; senderKey: string; recipient: UserID; recipientEd25519: string },
): Promise<OlmPayload> {
  const payload = parse(plaintext)
  const type = asString(payload?.["type"])
  const content = asObject(payload?.["content"])
  const senderEd25519 = asString(member(payload, "keys", "ed25519"))
  if (payload === undefined || type === undefined || content === undefined || senderEd25519 === undefined) throw new PayloadRefused("malformed")
  if (payload["sender"] !== expected.sender) throw new PayloadRefused("the sender is another one")
  if (payload["recipient"] !== expected.recipient) throw new PayloadRefused("it was meant for another user")
  if (member(payload, "recipient_keys", "ed25519") !== expected.recipientEd25519) throw new PayloadRefused("it was meant for another device")
  const senderDeviceKeys = asObject(payload["sender_device_keys"] ?? payload["org.matrix.msc4147.device_keys"])
  if (senderDeviceKeys !== undefined) await checkDeviceKeys(senderDeviceKeys, senderEd25519, expected)
  return { type, content, senderEd25519, senderDeviceKeys }
}

async function checkDeviceKeys(keys: JSONObject, senderEd25519: string, expected: { sender: UserID; senderKey: string }) {
  const deviceId = asString(keys["device_id"]) ?? ""
  const isSenders = keys["user_id"] === expected.sender
    && member(keys, "keys", `curve25519:${deviceId}`) === expected.senderKey
    && member(keys, "keys", `ed25519:${deviceId}`) === senderEd25519
  if (!isSenders || !(await verifyJSON(keys, expected.sender, `ed25519:${deviceId}`, senderEd25519))) throw new PayloadRefused("the device is another one")
}

function parse(plaintext: Uint8Array): JSONObject | undefined {
  try {
    return asObject(JSON.parse(fromUTF8(plaintext) ?? ""))
  } catch {
    return undefined
  }
}
