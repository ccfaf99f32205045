import { asNumber, asString, type JSONObject, member } from "../../base/read"
import { applyCTR } from "../primitives/aes"
import { fromBase64, toBase64 } from "../primitives/base64"
import { equalBytes, fromUTF8, randomBytes, utf8 } from "../primitives/bytes"
import { hkdfSHA256, hmacSHA256 } from "../primitives/hmac"
import { pbkdf2 } from "../primitives/pbkdf2"

/** The one algorithm of secret storage. */
export const SECRET_ALGORITHM = "m.secret_storage.v1.aes-hmac-sha2"

const ITERATIONS = 500_000
const MAX_ITERATIONS = 10_000_000
const ZEROS = new Uint8Array(32)

/** A key that secrets on the server are encrypted with. */
export class SecretStorageKey {
  constructor(readonly bytes: Uint8Array) {}

  /** What is stored about a key, so that it can be told whether somebody has the right one. */
  async description(passphrase?: JSONObject): Promise<JSONObject> {
    const { iv, mac } = await this.seal("", ZEROS)
    return { algorithm: SECRET_ALGORITHM, ...(passphrase === undefined ? {} : { passphrase }), iv, mac }
  }

  /** Whether this is the key described; true too where the description tells no means to find out. */
  async matches(description: JSONObject): Promise<boolean> {
    const iv = fromBase64(asString(description["iv"]) ?? "")
    const mac = fromBase64(asString(description["mac"]) ?? "")
    if (description["iv"] === undefined && description["mac"] === undefined) return true
    if (iv?.length !== 16 || mac === undefined) return false
    return equalBytes((await this.seal("", ZEROS, iv)).macBytes, mac)
  }

  async encrypt(name: string, secret: string): Promise<JSONObject> {
    const { iv, ciphertext, mac } = await this.seal(name, utf8(secret))
    return { iv, ciphertext, mac }
  }

  /** The secret of that name, or undefined where it was not encrypted with this key. */
  async decrypt(name: string, encrypted: JSONObject): Promise<string | undefined> {
    const iv = fromBase64(asString(encrypted["iv"]) ?? "")
    const ciphertext = fromBase64(asString(encrypted["ciphertext"]) ?? "")
    const mac = fromBase64(asString(encrypted["mac"]) ?? "")
    if (iv?.length !== 16 || ciphertext === undefined || mac === undefined) return undefined
    const [aesKey, macKey] = this.derive(name)
    if (!equalBytes(hmacSHA256(macKey, ciphertext), mac)) return undefined
    return fromUTF8(await applyCTR(aesKey, iv, ciphertext))
  }

  private derive(name: string): [Uint8Array, Uint8Array] {
    const keys = hkdfSHA256(this.bytes, undefined, utf8(name), 64)
    return [keys.subarray(0, 32), keys.subarray(32)]
  }

  private async seal(name: string, plaintext: Uint8Array, iv = randomIV()) {
    const [aesKey, macKey] = this.derive(name)
    const ciphertext = await applyCTR(aesKey, iv, plaintext)
    const macBytes = hmacSHA256(macKey, ciphertext)
    return { iv: toBase64(iv), ciphertext: toBase64(ciphertext), mac: toBase64(macBytes), macBytes }
  }
}

/** A key made of a passphrase, with what has to be known to make it again. */
export async function keyFromNewPassphrase(passphrase: string): Promise<{ key: SecretStorageKey; info: JSONObject }> {
  const info: JSONObject = { algorithm: "m.pbkdf2", salt: toBase64(randomBytes(24)), iterations: ITERATIONS, bits: 256 }
  const key = await keyFromPassphrase(passphrase, { passphrase: info })
  if (key === undefined) throw new Error("a passphrase always makes a key")
  return { key, info }
}

/** The key that a passphrase makes, or undefined where the described key was not made of one. */
export async function keyFromPassphrase(passphrase: string, description: JSONObject): Promise<SecretStorageKey | undefined> {
  const salt = asString(member(description, "passphrase", "salt"))
  const iterations = asNumber(member(description, "passphrase", "iterations"))
  const bits = asNumber(member(description, "passphrase", "bits")) ?? 256
  if (member(description, "passphrase", "algorithm") !== "m.pbkdf2" || salt === undefined || iterations === undefined) return undefined
  // A hostile server could else have the browser compute for hours.
  if (!Number.isInteger(iterations) || iterations < 1 || iterations > MAX_ITERATIONS || bits < 8 || bits > 4096 || bits % 8 !== 0) return undefined
  return new SecretStorageKey(await pbkdf2(utf8(passphrase), utf8(salt), iterations, bits))
}

function randomIV(): Uint8Array {
  const iv = randomBytes(16)
  // Implementations differ in how far they carry; with bit 63 unset the lower half never overflows.
  iv[8] = (iv[8] ?? 0) & 0x7f
  return iv
}
