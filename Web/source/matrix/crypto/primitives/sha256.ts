/*
 * SHA-256 as plain computation. Ratchets hash a few dozen bytes at a time, hundreds of times a message; WebCrypto's asynchronous calls cost
 * fifty times the hash itself there. It has neither branches nor tables that depend on the data, so its time tells nothing of a key.
 */

const ROUNDS = new Int32Array(64)
const INITIAL = new Int32Array(8)

// The first bits of the fractional parts of the cube and square roots of the first primes.
for (let candidate = 2, count = 0; count < 64; candidate += 1) {
  let isPrime = true
  for (let factor = 2; factor * factor <= candidate && isPrime; factor += 1) isPrime = candidate % factor !== 0
  if (!isPrime) continue
  if (count < 8) INITIAL[count] = fraction(candidate ** (1 / 2))
  ROUNDS[count] = fraction(candidate ** (1 / 3))
  count += 1
}

function fraction(value: number): number {
  return ((value - Math.floor(value)) * 0x100000000) | 0
}

const words = new Int32Array(64)

/** A hash that takes its input in parts; `copy` continues one beginning twice. */
export class SHA256 {
  private readonly state = new Int32Array(INITIAL)
  private readonly block = new Uint8Array(64)
  private filled = 0
  private length = 0

  copy(): SHA256 {
    const copy = new SHA256()
    copy.state.set(this.state)
    copy.block.set(this.block)
    copy.filled = this.filled
    copy.length = this.length
    return copy
  }

  update(bytes: Uint8Array): this {
    this.length += bytes.length
    let offset = 0
    while (offset < bytes.length) {
      const take = Math.min(64 - this.filled, bytes.length - offset)
      for (let index = 0; index < take; index += 1) this.block[this.filled + index] = bytes[offset + index] ?? 0
      this.filled += take
      offset += take
      if (this.filled === 64) {
        compress(this.state, this.block)
        this.filled = 0
      }
    }
    return this
  }

  /** The hash; nothing may be added afterwards. */
  finish(): Uint8Array {
    const bits = this.length * 8
    this.block[this.filled] = 0x80
    this.block.fill(0, this.filled + 1)
    if (this.filled >= 56) {
      compress(this.state, this.block)
      this.block.fill(0)
    }
    const high = Math.floor(bits / 0x100000000)
    for (let index = 0; index < 4; index += 1) {
      this.block[56 + index] = high >>> (24 - 8 * index)
      this.block[60 + index] = bits >>> (24 - 8 * index)
    }
    compress(this.state, this.block)
    const hash = new Uint8Array(32)
    for (let index = 0; index < 32; index += 1) hash[index] = (this.state[index >> 2] ?? 0) >>> (24 - 8 * (index & 3))
    return hash
  }
}

function compress(state: Int32Array, block: Uint8Array) {
  for (let index = 0; index < 16; index += 1) {
    const at = index * 4
    words[index] = ((block[at] ?? 0) << 24) | ((block[at + 1] ?? 0) << 16) | ((block[at + 2] ?? 0) << 8) | (block[at + 3] ?? 0)
  }
  for (let index = 16; index < 64; index += 1) {
    const early = words[index - 15] ?? 0
    const late = words[index - 2] ?? 0
    const first = ((early >>> 7) | (early << 25)) ^ ((early >>> 18) | (early << 14)) ^ (early >>> 3)
    const second = ((late >>> 17) | (late << 15)) ^ ((late >>> 19) | (late << 13)) ^ (late >>> 10)
    words[index] = ((words[index - 16] ?? 0) + first + (words[index - 7] ?? 0) + second) | 0
  }
  let a = state[0] ?? 0
  let b = state[1] ?? 0
  let c = state[2] ?? 0
  let d = state[3] ?? 0
  let e = state[4] ?? 0
  let f = state[5] ?? 0
  let g = state[6] ?? 0
  let h = state[7] ?? 0
  for (let index = 0; index < 64; index += 1) {
    const sumE = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const choice = (e & f) ^ (~e & g)
    const one = (h + sumE + choice + (ROUNDS[index] ?? 0) + (words[index] ?? 0)) | 0
    const sumA = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const majority = (a & b) ^ (a & c) ^ (b & c)
    h = g
    g = f
    f = e
    e = (d + one) | 0
    d = c
    c = b
    b = a
    a = (one + sumA + majority) | 0
  }
  state[0] = ((state[0] ?? 0) + a) | 0
  state[1] = ((state[1] ?? 0) + b) | 0
  state[2] = ((state[2] ?? 0) + c) | 0
  state[3] = ((state[3] ?? 0) + d) | 0
  state[4] = ((state[4] ?? 0) + e) | 0
  state[5] = ((state[5] ?? 0) + f) | 0
  state[6] = ((state[6] ?? 0) + g) | 0
  state[7] = ((state[7] ?? 0) + h) | 0
}

/** The SHA-256 of something short, at once. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return new SHA256().update(bytes).finish()
}

/** The SHA-256 of something long, such as a file, computed outside of the calling thread. */
export async function sha256Digest(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))
}
