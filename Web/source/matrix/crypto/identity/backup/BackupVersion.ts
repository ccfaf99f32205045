import { asObject, asString, type JSONObject, member } from "../../../base/read"
import { MatrixError } from "../../../contract/session"
import type { EncryptionContext } from "../../machine/EncryptionContext"
import { keyFromBase64 } from "../../primitives/base64"
import { verifyJSON } from "../../primitives/signedJSON"
import { BACKUP_ALGORITHM } from "../BackupKey"
import type { OwnIdentity } from "../OwnIdentity"

export const VERSION_PATH = "/_matrix/client/v3/room_keys/version"

/** A version of the key backup, as the server describes it. */
export interface BackupVersion {
  readonly version: string
  readonly publicKey: string
  readonly authData: JSONObject
}

/** The newest version, or undefined where there is none that this client can use. */
export async function currentVersion(context: EncryptionContext): Promise<BackupVersion | undefined> {
  let answer: JSONObject
  try {
    answer = await context.api.get(VERSION_PATH)
  } catch (error) {
    if (error instanceof MatrixError && error.status === 404) return undefined
    throw error
  }
  const version = asString(answer["version"])
  const authData = asObject(answer["auth_data"])
  const publicKey = asString(authData?.["public_key"])
  if (answer["algorithm"] !== BACKUP_ALGORITHM || version === undefined || authData === undefined || publicKey === undefined) return undefined
  return keyFromBase64(publicKey) === undefined ? undefined : { version, publicKey, authData }
}

/** Whether the account's master key or one of its signed devices vouches for a version. */
export async function isVouchedFor(context: EncryptionContext, own: OwnIdentity, { authData }: BackupVersion): Promise<boolean> {
  const { userId, deviceId, ownKeys } = context
  if (await verifyJSON(authData, userId, `ed25519:${deviceId}`, ownKeys.ed25519)) return true
  if (!(await own.isTrusted())) return false
  const master = await own.masterKey()
  if (master !== undefined && (await verifyJSON(authData, userId, `ed25519:${master}`, master))) return true
  for (const id of Object.keys(asObject(member(authData, "signatures", userId)) ?? {})) {
    const device = (await context.storedDevices(userId)).find((one) => `ed25519:${one.deviceId}` === id)
    if (device?.isSigned === true && (await verifyJSON(authData, userId, id, device.ed25519))) return true
  }
  return false
}
