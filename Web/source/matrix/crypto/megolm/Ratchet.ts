import { concatenate } from "../primitives/bytes"
import { HMACKey, hmacSHA256 } from "../primitives/hmac"

const PARTS = 4
const LENGTH = 32
const seeds = [new Uint8Array([0]), new Uint8Array([1]), new Uint8Array([2]), new Uint8Array([3])] as const

/** The ratchet of Megolm: four parts, the last of which moves with each message and the others each 2⁸, 2¹⁶ and 2²⁴ messages. */
export class Ratchet {
  private constructor(private readonly parts: Uint8Array[], private position: number) {}

  /** From its 128 bytes. */
  static of(bytes: Uint8Array, index: number): Ratchet {
    const parts: Uint8Array[] = []
    for (let part = 0; part < PARTS; part += 1) parts.push(bytes.slice(part * LENGTH, (part + 1) * LENGTH))
    return new Ratchet(parts, index)
  }

  get index(): number {
    return this.position
  }

  get bytes(): Uint8Array {
    return concatenate(...this.parts)
  }

  copy(): Ratchet {
    return new Ratchet([...this.parts], this.position)
  }

  /** Moves on to a later index; at most 1,020 hashes, however far. */
  advanceTo(target: number) {
    for (let part = 0; part < PARTS; part += 1) {
      const shift = 8 * (PARTS - 1 - part)
      let steps = ((target >>> shift) - (this.position >>> shift)) & 255
      if (steps === 0) continue
      for (; steps > 1; steps -= 1) this.parts[part] = hmacSHA256(this.part(part), seeds[part] ?? seeds[3])
      // The last step seeds the parts below, and so has to see this part as it was before.
      const key = new HMACKey(this.part(part))
      for (let below = PARTS - 1; below >= part; below -= 1) this.parts[below] = key.sign(seeds[below] ?? seeds[3])
      this.position = ((target >>> shift) << shift) >>> 0
    }
  }

  private part(index: number): Uint8Array {
    return this.parts[index] ?? new Uint8Array(LENGTH)
  }
}
