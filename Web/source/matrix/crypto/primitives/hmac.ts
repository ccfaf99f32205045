import { concatenate } from "./bytes"
import { SHA256, sha256 } from "./sha256"

/** HMAC-SHA-256 with a key that is used more than once. */
export class HMACKey {
  private readonly inner: SHA256
  private readonly outer: SHA256

  constructor(key: Uint8Array) {
    const short = key.length > 64 ? sha256(key) : key
    const pad = new Uint8Array(64).fill(0x36)
    for (let index = 0; index < short.length; index += 1) pad[index] = 0x36 ^ (short[index] ?? 0)
    this.inner = new SHA256().update(pad)
    for (let index = 0; index < 64; index += 1) pad[index] = (pad[index] ?? 0) ^ 0x36 ^ 0x5c
    this.outer = new SHA256().update(pad)
  }

  sign(bytes: Uint8Array): Uint8Array {
    return this.outer.copy().update(this.inner.copy().update(bytes).finish()).finish()
  }
}

/** HMAC-SHA-256. */
export function hmacSHA256(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return new HMACKey(key).sign(bytes)
}

/** HKDF with SHA-256; no salt is the same as a salt of zeros. */
export function hkdfSHA256(input: Uint8Array, salt: Uint8Array | undefined, info: Uint8Array, length: number): Uint8Array {
  const key = new HMACKey(hmacSHA256(salt ?? new Uint8Array(32), input))
  const output = new Uint8Array(length)
  let block: Uint8Array = new Uint8Array(0)
  for (let filled = 0, count = 1; filled < length; filled += 32, count += 1) {
    block = key.sign(concatenate(block, info, new Uint8Array([count])))
    output.set(block.subarray(0, Math.min(32, length - filled)), filled)
  }
  return output
}
