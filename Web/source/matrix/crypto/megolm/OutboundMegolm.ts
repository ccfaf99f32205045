import { toBase64 } from "../primitives/base64"
import { concatenate, randomBytes } from "../primitives/bytes"
import { Ed25519Key } from "../primitives/ed25519"
import { MessageKeys } from "../primitives/MessageKeys"
import { encodeMegolmMessage } from "./MegolmMessage"
import { Ratchet } from "./Ratchet"
import { encodeExportedKey, encodeSharedKey } from "./sessionKey"

/** All of an outbound session, as it is stored. */
export interface OutboundMegolmState {
  readonly seed: Uint8Array
  readonly publicKey: Uint8Array
  readonly ratchet: Uint8Array
  readonly index: number
}

/** A session that this device encrypts a room's messages with. */
export class OutboundMegolm {
  private constructor(private readonly signing: Ed25519Key, private readonly ratchet: Ratchet) {}

  static async create(): Promise<OutboundMegolm> {
    return new OutboundMegolm(await Ed25519Key.generate(), Ratchet.of(randomBytes(128), 0))
  }

  static async restore(state: OutboundMegolmState): Promise<OutboundMegolm> {
    return new OutboundMegolm(await Ed25519Key.fromSeed(state.seed, state.publicKey), Ratchet.of(state.ratchet, state.index))
  }

  get state(): OutboundMegolmState {
    return { seed: this.signing.seed, publicKey: this.signing.publicKey, ratchet: this.ratchet.bytes, index: this.ratchet.index }
  }

  get id(): string {
    return this.signing.text
  }

  /** The index of the next message. */
  get index(): number {
    return this.ratchet.index
  }

  /** The key for others, from the next message on, as base64. */
  async sharedKey(): Promise<string> {
    const bytes = encodeSharedKey(this.key)
    return toBase64(concatenate(bytes, await this.signing.sign(bytes)))
  }

  /** The key for the own store. */
  exportedKey(): Uint8Array {
    return encodeExportedKey(this.key)
  }

  /** Encrypts and moves on; the changed state has to be stored before the message goes out. */
  async encrypt(plaintext: Uint8Array): Promise<string> {
    const keys = new MessageKeys(this.ratchet.bytes, "MEGOLM_KEYS")
    const covered = encodeMegolmMessage(this.ratchet.index, await keys.encrypt(plaintext))
    const signed = concatenate(covered, keys.authenticate(covered))
    this.ratchet.advanceTo(this.ratchet.index + 1)
    return toBase64(concatenate(signed, await this.signing.sign(signed)))
  }

  private get key() {
    return { index: this.ratchet.index, ratchet: this.ratchet.bytes, publicKey: this.signing.publicKey }
  }
}
