import type { JSONObject } from "../../base/read"

/** The way that messages of one verification take: to devices, or through a room. */
export interface VerificationChannel {
  readonly id: string
  /** The content as it goes over the wire, with what ties it to this verification; both sides hash it in this shape. */
  wrap(content: JSONObject): JSONObject
  /** Sends a message; `devices` where it goes to several, else to the one being verified. */
  send(type: string, content: JSONObject, devices: readonly string[]): Promise<void>
}
