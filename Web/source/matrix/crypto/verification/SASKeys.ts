import type { JSONObject } from "../../base/read"
import { keyFromBase64, toBase64 } from "../primitives/base64"
import { utf8 } from "../primitives/bytes"
import { canonicalJSON } from "../primitives/canonicalJSON"
import { hkdfSHA256, hmacSHA256 } from "../primitives/hmac"
import { sha256 } from "../primitives/sha256"
import { X25519Key } from "../primitives/x25519"
import type { MacMethod } from "./agreement"
import { VerificationFailure } from "./codes"

/** The ephemeral key of one side of a comparison, and what both sides derive from the secret they share. */
export class SASKeys {
  private shared: Uint8Array | undefined

  private constructor(private readonly key: X25519Key) {}

  static async make(): Promise<SASKeys> {
    return new SASKeys(await X25519Key.generate())
  }

  get publicKey(): string {
    return this.key.text
  }

  /** What the accepting side promises of its key before it sees the other. */
  commitment(publicKey: string, start: JSONObject): string {
    return toBase64(sha256(utf8(publicKey + canonicalJSON(start))))
  }

  async agree(theirKey: string): Promise<void> {
    const key = keyFromBase64(theirKey)
    if (key === undefined) throw new VerificationFailure("m.invalid_message")
    try {
      this.shared = await this.key.agree(key)
    } catch {
      throw new VerificationFailure("m.invalid_message")
    }
  }

  bytes(info: string, length: number): Uint8Array {
    if (this.shared === undefined) throw new VerificationFailure("m.unexpected_message")
    return hkdfSHA256(this.shared, undefined, utf8(info), length)
  }

  mac(info: string, text: string, method: MacMethod): string {
    const mac = hmacSHA256(this.bytes(info, 32), utf8(text))
    return method === "hkdf-hmac-sha256" ? overlappingBase64(mac) : toBase64(mac)
  }
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

/**
 * The base64 of `hkdf-hmac-sha256`: its first implementation encoded a buffer onto itself, so that groups after the first encode what
 * was already written over. Both sides have to do the same.
 */
function overlappingBase64(bytes: Uint8Array): string {
  const buffer = new Uint8Array(Math.ceil((bytes.length * 4) / 3))
  buffer.set(bytes)
  const at = (index: number) => buffer[index] ?? 0
  const whole = Math.floor(bytes.length / 3)
  for (let group = 0; group < whole; group += 1) {
    const value = (at(group * 3) << 16) | (at(group * 3 + 1) << 8) | at(group * 3 + 2)
    for (let letter = 0; letter < 4; letter += 1) buffer[group * 4 + letter] = ALPHABET.charCodeAt((value >> (18 - letter * 6)) & 63)
  }
  const rest = bytes.length % 3
  if (rest > 0) {
    const value = rest === 2 ? ((at(whole * 3) << 8) | at(whole * 3 + 1)) << 2 : at(whole * 3) << 4
    for (let letter = 0; letter <= rest; letter += 1) buffer[whole * 4 + letter] = ALPHABET.charCodeAt((value >> ((rest - letter) * 6)) & 63)
  }
  return String.fromCharCode(...buffer)
}
