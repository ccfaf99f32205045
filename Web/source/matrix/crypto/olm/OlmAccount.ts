import { toBase64 } from "../primitives/base64"
import { equalBytes, uint32 } from "../primitives/bytes"
import { Ed25519Key } from "../primitives/ed25519"
import { X25519Key } from "../primitives/x25519"
import { OlmError } from "./OlmError"
import { decodePreKeyMessage } from "./OlmMessage"
import { OlmSession } from "./OlmSession"

/** How many one-time keys the server should have. */
export const ONE_TIME_KEYS_WANTED = 50
const MOST_ONE_TIME_KEYS = 500
// Messages that were sent with the fallback key before it was replaced may be on their way for a while.
const OLD_FALLBACK_LIFETIME = 24 * 3_600_000

/** A key that others begin sessions with. */
export interface PreKey {
  readonly id: string
  readonly secret: Uint8Array
  readonly publicKey: Uint8Array
  /** The server has it. */
  isPublished: boolean
}

/** All of an account, as it is stored. */
export interface OlmAccountState {
  readonly signingSeed: Uint8Array
  readonly signingKey: Uint8Array
  readonly identitySecret: Uint8Array
  readonly identityKey: Uint8Array
  nextKeyNumber: number
  /** In the order of their making. */
  oneTimeKeys: PreKey[]
  fallback: PreKey | undefined
  oldFallback: (PreKey & { replacedAt: number }) | undefined
}

/** The keys of this device. */
export class OlmAccount {
  private constructor(readonly state: OlmAccountState, readonly signing: Ed25519Key, readonly identity: X25519Key) {}

  static async create(): Promise<OlmAccount> {
    const signing = await Ed25519Key.generate()
    const identity = await X25519Key.generate()
    const state: OlmAccountState = {
      signingSeed: signing.seed, signingKey: signing.publicKey, identitySecret: identity.secret, identityKey: identity.publicKey,
      nextKeyNumber: 1, oneTimeKeys: [], fallback: undefined, oldFallback: undefined,
    }
    return new OlmAccount(state, signing, identity)
  }

  static async restore(state: OlmAccountState): Promise<OlmAccount> {
    const signing = await Ed25519Key.fromSeed(state.signingSeed, state.signingKey)
    const identity = await X25519Key.fromSecret(state.identitySecret, state.identityKey)
    return new OlmAccount(state, signing, identity)
  }

  /** Makes as many one-time keys as fill the server up; unpublished ones count as made. */
  async fillOneTimeKeys(onServer: number): Promise<void> {
    const missing = ONE_TIME_KEYS_WANTED - onServer - this.unpublished().length
    for (let count = 0; count < missing; count += 1) this.state.oneTimeKeys.push(await this.newPreKey())
    const excess = this.state.oneTimeKeys.length - MOST_ONE_TIME_KEYS
    if (excess > 0) this.state.oneTimeKeys.splice(0, excess)
  }

  /** One-time keys to upload, in the order that the server shall give them out. */
  unpublished(): PreKey[] {
    return this.state.oneTimeKeys.filter((key) => !key.isPublished)
  }

  /** Makes a new fallback key; the one before is kept for messages that are on their way. */
  async rotateFallback(now: number): Promise<void> {
    if (this.state.fallback !== undefined) this.state.oldFallback = { ...this.state.fallback, replacedAt: now }
    this.state.fallback = await this.newPreKey()
  }

  /** Forgets the old fallback key once nobody can be using it any more. Gives whether it did. */
  dropOldFallback(now: number): boolean {
    if (this.state.oldFallback === undefined || now - this.state.oldFallback.replacedAt < OLD_FALLBACK_LIFETIME) return false
    this.state.oldFallback = undefined
    return true
  }

  markPublished(ids: ReadonlySet<string>) {
    for (const key of this.state.oneTimeKeys) if (ids.has(key.id)) key.isPublished = true
    if (this.state.fallback !== undefined && ids.has(this.state.fallback.id)) this.state.fallback.isPublished = true
  }

  outbound(theirIdentityKey: Uint8Array, theirOneTimeKey: Uint8Array): Promise<OlmSession> {
    return OlmSession.outbound(this.identity, theirIdentityKey, theirOneTimeKey)
  }

  /** Begins the session of a pre-key message and decrypts it; the one-time key is used up only then. */
  async inbound(body: Uint8Array): Promise<{ session: OlmSession; plaintext: Uint8Array }> {
    const message = decodePreKeyMessage(body)
    const preKey = this.find(message.oneTimeKey)
    if (preKey === undefined) throw new OlmError("unknown-key")
    const session = await OlmSession.inbound(this.identity, await X25519Key.fromSecret(preKey.secret, preKey.publicKey), message)
    const plaintext = await session.decrypt({ type: 0, body })
    this.state.oneTimeKeys = this.state.oneTimeKeys.filter((key) => key !== preKey)
    return { session, plaintext }
  }

  private find(publicKey: Uint8Array): PreKey | undefined {
    const candidates = [...this.state.oneTimeKeys, this.state.fallback, this.state.oldFallback]
    return candidates.find((key) => key !== undefined && equalBytes(key.publicKey, publicKey))
  }

  private async newPreKey(): Promise<PreKey> {
    const key = await X25519Key.generate()
    const id = toBase64(uint32(this.state.nextKeyNumber))
    this.state.nextKeyNumber += 1
    return { id, secret: key.secret, publicKey: key.publicKey, isPublished: false }
  }
}
