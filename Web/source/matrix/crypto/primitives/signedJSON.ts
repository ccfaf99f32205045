import { asObject, member } from "../../base/read"
import type { JSONObject } from "../../base/read"
import { fromBase64, keyFromBase64, toBase64 } from "./base64"
import { utf8 } from "./bytes"
import { canonicalJSON } from "./canonicalJSON"
import { verifyEd25519 } from "./ed25519"
import type { Ed25519Key } from "./ed25519"

/** What a signature of an object covers: everything but its signatures and `unsigned`. */
export function signedBytes(object: JSONObject): Uint8Array {
  const covered = { ...object }
  delete covered["signatures"]
  delete covered["unsigned"]
  return utf8(canonicalJSON(covered))
}

/** The object with one more signature; `keyId` with its algorithm: `ed25519:DEVICE`. */
export async function signJSON(object: JSONObject, userId: string, keyId: string, key: Ed25519Key): Promise<JSONObject> {
  const signature = toBase64(await key.sign(signedBytes(object)))
  const signatures = asObject(object["signatures"]) ?? {}
  return { ...object, signatures: { ...signatures, [userId]: { ...asObject(member(signatures, userId)), [keyId]: signature } } }
}

/** Whether the object has a valid signature of the key, which is unpadded base64. */
export async function verifyJSON(object: JSONObject, userId: string, keyId: string, publicKey: string): Promise<boolean> {
  const signature = member(object, "signatures", userId, keyId)
  const key = keyFromBase64(publicKey)
  const bytes = typeof signature === "string" ? fromBase64(signature) : undefined
  if (key === undefined || bytes === undefined) return false
  try {
    return await verifyEd25519(key, bytes, signedBytes(object))
  } catch {
    return false
  }
}
