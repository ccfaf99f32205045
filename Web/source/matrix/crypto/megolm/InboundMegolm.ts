import { toBase64 } from "../primitives/base64"
import { equalBytes } from "../primitives/bytes"
import { verifyEd25519 } from "../primitives/ed25519"
import { MessageKeys } from "../primitives/MessageKeys"
import type { MegolmMessage } from "./MegolmMessage"
import { Ratchet } from "./Ratchet"
import { encodeExportedKey } from "./sessionKey"
import type { SessionKey } from "./sessionKey"

/** Ratchets are kept at indices that are multiples of this, for those who read backwards. */
const KEPT_STEP = 16
const MOST_KEPT = 64

/** Why a message of a known session could not be decrypted. */
export type MegolmProblem = "before-first-index" | "wrong-mac" | "wrong-signature" | "malformed"

/** A problem of one Megolm message. */
export class MegolmError extends Error {
  override readonly name = "MegolmError"
  constructor(readonly problem: MegolmProblem) {
    super(`megolm: ${problem}`)
  }
}

/** A session that somebody's messages are decrypted with, from the first index that is known. */
export class InboundMegolm {
  private readonly first: Ratchet
  private latest: Ratchet
  private readonly kept = new Map<number, Ratchet>()

  constructor(private readonly key: SessionKey) {
    this.first = Ratchet.of(key.ratchet, key.index)
    this.latest = this.first.copy()
  }

  get id(): string {
    return toBase64(this.key.publicKey)
  }

  get firstIndex(): number {
    return this.key.index
  }

  /** The key from an index on, in the format for passing on. */
  exportedKey(index = this.key.index): Uint8Array {
    const ratchet = this.first.copy()
    ratchet.advanceTo(Math.max(index, this.key.index))
    return encodeExportedKey({ index: ratchet.index, ratchet: ratchet.bytes, publicKey: this.key.publicKey })
  }

  /** Whether another key is of the same ratchet: wound on to the later of both indices, they have to be equal. */
  isSameRatchet(other: SessionKey): boolean {
    if (!equalBytes(other.publicKey, this.key.publicKey)) return false
    const index = Math.max(other.index, this.key.index)
    const own = this.first.copy()
    const theirs = Ratchet.of(other.ratchet, other.index)
    own.advanceTo(index)
    theirs.advanceTo(index)
    return equalBytes(own.bytes, theirs.bytes)
  }

  /** Decrypts; throws `MegolmError`. Replays are for the caller to notice. */
  async decrypt(message: MegolmMessage): Promise<Uint8Array> {
    const keys = new MessageKeys(this.ratchetAt(message.index), "MEGOLM_KEYS")
    if (!keys.isAuthentic(message.covered, message.mac)) throw new MegolmError("wrong-mac")
    const [isSigned, plaintext] = await Promise.all([
      verifyEd25519(this.key.publicKey, message.signature, message.signed),
      keys.decrypt(message.ciphertext).catch(() => undefined),
    ])
    if (!isSigned) throw new MegolmError("wrong-signature")
    if (plaintext === undefined) throw new MegolmError("malformed")
    return plaintext
  }

  private ratchetAt(index: number): Uint8Array {
    if (index < this.key.index) throw new MegolmError("before-first-index")
    if (index < this.latest.index) this.latest = this.nearest(index)
    // Far jumps go at once, near ones pass the places that are worth keeping.
    if (index - this.latest.index > 256) {
      this.latest.advanceTo(index - (index % KEPT_STEP))
      this.keep()
    }
    while (this.latest.index < index) {
      const next = Math.min(index, this.latest.index - (this.latest.index % KEPT_STEP) + KEPT_STEP)
      this.latest.advanceTo(next)
      if (next % KEPT_STEP === 0) this.keep()
    }
    return this.latest.bytes
  }

  private nearest(index: number): Ratchet {
    let best = this.first
    for (const ratchet of this.kept.values()) if (ratchet.index <= index && ratchet.index > best.index) best = ratchet
    return best.copy()
  }

  private keep() {
    const oldest = this.kept.keys().next()
    if (this.kept.size >= MOST_KEPT && oldest.done !== true) this.kept.delete(oldest.value)
    this.kept.set(this.latest.index, this.latest.copy())
  }
}
