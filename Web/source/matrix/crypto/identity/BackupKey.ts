import { asObject, asString, type JSONObject } from "../../base/read"
import { decryptCBC, encryptCBC } from "../primitives/aes"
import { fromBase64, keyFromBase64, toBase64 } from "../primitives/base64"
import { equalBytes, fromUTF8, utf8 } from "../primitives/bytes"
import { hkdfSHA256, hmacSHA256 } from "../primitives/hmac"
import { X25519Key } from "../primitives/x25519"

/** The one algorithm of key backups. */
export const BACKUP_ALGORITHM = "m.megolm_backup.v1.curve25519-aes-sha2"

const MAC_LENGTH = 8
const EMPTY = new Uint8Array(0)

/** Encrypts a session's data for the owner of a backup's private key. */
export async function encryptForBackup(publicKey: Uint8Array, session: JSONObject): Promise<JSONObject> {
  const ephemeral = await X25519Key.generate()
  const { aesKey, macKey, iv } = derive(await ephemeral.agree(publicKey))
  const ciphertext = await encryptCBC(aesKey, iv, utf8(JSON.stringify(session)))
  return { ephemeral: ephemeral.text, ciphertext: toBase64(ciphertext), mac: toBase64(macOf(macKey)) }
}

/** The private key of a backup. */
export class BackupKey {
  private constructor(private readonly key: X25519Key) {}

  static async generate(): Promise<BackupKey> {
    return new BackupKey(await X25519Key.generate())
  }

  /** From the text that secret storage and other devices give, or undefined where that is none. */
  static async fromSecret(secret: string): Promise<BackupKey | undefined> {
    const bytes = keyFromBase64(secret)
    return bytes === undefined ? undefined : new BackupKey(await X25519Key.fromSecret(bytes))
  }

  get publicKey(): string {
    return this.key.text
  }

  get bytes(): Uint8Array {
    return this.key.secret
  }

  get secret(): string {
    return toBase64(this.key.secret)
  }

  /** The session's data, or undefined where it was not encrypted for this key. */
  async decrypt(data: JSONObject): Promise<JSONObject | undefined> {
    const ephemeral = keyFromBase64(data["ephemeral"])
    const ciphertext = fromBase64(asString(data["ciphertext"]) ?? "")
    const mac = fromBase64(asString(data["mac"]) ?? "")
    if (ephemeral === undefined || ciphertext === undefined || mac === undefined) return undefined
    try {
      const { aesKey, macKey, iv } = derive(await this.key.agree(ephemeral))
      if (!equalBytes(macOf(macKey), mac)) return undefined
      return asObject(JSON.parse(fromUTF8(await decryptCBC(aesKey, iv, ciphertext)) ?? ""))
    } catch {
      // A degenerate key, wrong padding or no JSON: data of somebody else.
      return undefined
    }
  }
}

function derive(shared: Uint8Array) {
  const keys = hkdfSHA256(shared, undefined, EMPTY, 80)
  return { aesKey: keys.subarray(0, 32), macKey: keys.subarray(32, 64), iv: keys.subarray(64) }
}

/** The MAC does not cover the ciphertext: the first implementation passed it an empty text, and all others have to do the same. */
function macOf(macKey: Uint8Array): Uint8Array {
  return hmacSHA256(macKey, EMPTY).subarray(0, MAC_LENGTH)
}
