import type { JSONObject } from "../../matrix/base/read"

/** The specification's limit of an event, with room for what the servers and encryption put around it. */
export const maximumContentBytes = 60_000
/** Encryption writes the content in base 64. */
export const maximumEncryptedContentBytes = 42_000

/** Whether content fits into one event. */
export function fitsIntoEvent(content: JSONObject, isEncrypted: boolean): boolean {
  return new TextEncoder().encode(JSON.stringify(content)).length <= (isEncrypted ? maximumEncryptedContentBytes : maximumContentBytes)
}
