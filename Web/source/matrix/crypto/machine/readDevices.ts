import { asObject, asString, asStrings, member } from "../../base/read"
import type { JSONObject } from "../../base/read"
import type { UserID } from "../../contract/events"
import { keyFromBase64 } from "../primitives/base64"
import { verifyJSON } from "../primitives/signedJSON"
import type { CrossSigningKeys, KnownDevice } from "./EncryptionContext"

/** The public key in a cross-signing key's object, or undefined where that holds none or several. */
export function crossSigningKeyIn(object: JSONObject | undefined): string | undefined {
  const entries = Object.entries(asObject(object?.["keys"]) ?? {})
  const [id, key] = entries[0] ?? []
  if (entries.length !== 1 || typeof key !== "string" || id !== `ed25519:${key}`) return undefined
  return keyFromBase64(key) === undefined ? undefined : key
}

/** A user's cross-signing keys from the answer to `/keys/query`, as far as they hang together. */
export async function readCrossSigning(answer: JSONObject, userId: UserID): Promise<CrossSigningKeys | undefined> {
  const master = usable(member(answer, "master_keys", userId), userId, "master")
  const masterKey = crossSigningKeyIn(master)
  if (master === undefined || masterKey === undefined) return undefined
  const signed = async (name: string, usage: string) => {
    const object = usable(member(answer, name, userId), userId, usage)
    return object !== undefined && (await verifyJSON(object, userId, `ed25519:${masterKey}`, masterKey)) ? object : undefined
  }
  return { master, selfSigning: await signed("self_signing_keys", "self_signing"), userSigning: await signed("user_signing_keys", "user_signing") }
}

function usable(value: unknown, userId: UserID, usage: string): JSONObject | undefined {
  const object = asObject(value)
  const isUsable = object !== undefined && object["user_id"] === userId && asStrings(object["usage"]).includes(usage) && crossSigningKeyIn(object) !== undefined
  return isUsable ? object : undefined
}

/** A device from its signed object, or undefined where that is not what it says. */
export async function readDevice(
  object: JSONObject | undefined, userId: UserID, deviceId: string, crossSigning: CrossSigningKeys | undefined,
): Promise<KnownDevice | undefined> {
  if (object === undefined || object["user_id"] !== userId || object["device_id"] !== deviceId) return undefined
  const ed25519 = asString(member(object, "keys", `ed25519:${deviceId}`))
  const curve25519 = asString(member(object, "keys", `curve25519:${deviceId}`))
  if (ed25519 === undefined || curve25519 === undefined || keyFromBase64(curve25519) === undefined) return undefined
  if (!(await verifyJSON(object, userId, `ed25519:${deviceId}`, ed25519))) return undefined
  return {
    userId, deviceId, ed25519, curve25519, algorithms: asStrings(object["algorithms"]),
    displayName: asString(member(object, "unsigned", "device_display_name")), isBlocked: false, keys: object,
    isSigned: await isSignedByOwner(object, userId, crossSigning),
  }
}

/** Whether the owner's self-signing key signed a device. */
export async function isSignedByOwner(object: JSONObject, userId: UserID, crossSigning: CrossSigningKeys | undefined): Promise<boolean> {
  const selfSigning = crossSigningKeyIn(crossSigning?.selfSigning)
  return selfSigning !== undefined && verifyJSON(object, userId, `ed25519:${selfSigning}`, selfSigning)
}
