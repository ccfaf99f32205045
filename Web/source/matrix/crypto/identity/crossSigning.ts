import { asObject, type JSONObject } from "../../base/read"
import type { UserID } from "../../contract/events"
import type { Ed25519Key } from "../primitives/ed25519"

/** Names of the secrets, in secret storage and between devices. */
export const SecretName = {
  master: "m.cross_signing.master",
  selfSigning: "m.cross_signing.self_signing",
  userSigning: "m.cross_signing.user_signing",
  backup: "m.megolm_backup.v1",
} as const

/** The account data that says whether its owner wants a key backup. */
export const BACKUP_PREFERENCE = "m.key_backup"

export type CrossSigningName = "master" | "selfSigning" | "userSigning"
export const crossSigningNames: readonly CrossSigningName[] = ["master", "selfSigning", "userSigning"]

/** What each key is for, as it is written into it. */
export const usages: Record<CrossSigningName, string> = { master: "master", selfSigning: "self_signing", userSigning: "user_signing" }

/** The public key in a cross-signing key, as unpadded base64: it is its own ID. */
export function publicKeyOf(key: JSONObject | undefined): string | undefined {
  for (const [id, value] of Object.entries(asObject(key?.["keys"]) ?? {})) if (id === `ed25519:${value}` && typeof value === "string") return value
  return undefined
}

/** A public cross-signing key, to be signed. */
export function publicObject(userId: UserID, usage: string, key: Ed25519Key): JSONObject {
  return { user_id: userId, usage: [usage], keys: { [`ed25519:${key.text}`]: key.text } }
}

/** The object without the signatures that others made, to upload one more. */
export function unsigned(object: JSONObject): JSONObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== "signatures" && name !== "unsigned"))
}

/** Whether a device is one that waits on the server for a device to come. */
export function isDehydrated(keys: JSONObject): boolean {
  return keys["dehydrated"] === true
}
