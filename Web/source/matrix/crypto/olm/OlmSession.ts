import { toBase64 } from "../primitives/base64"
import { concatenate, utf8 } from "../primitives/bytes"
import { hkdfSHA256 } from "../primitives/hmac"
import { MessageKeys } from "../primitives/MessageKeys"
import { sha256 } from "../primitives/sha256"
import { X25519Key } from "../primitives/x25519"
import { chainOf, nextMessageKey, receiveMessageKey } from "./Chain"
import type { ChainState } from "./Chain"
import { OlmError } from "./OlmError"
import { decodeMessage, decodePreKeyMessage, encodeMessage, encodePreKeyMessage } from "./OlmMessage"
import type { PreKeyMessage } from "./OlmMessage"

const MOST_CHAINS = 5
const ROOT = utf8("OLM_ROOT")
const RATCHET = utf8("OLM_RATCHET")

/** All of a session, as it is stored. */
export interface OlmSessionState {
  readonly sessionId: string
  rootKey: Uint8Array
  /** The own current ratchet key, and the chain of messages it sends; none after a new key of the other side came. */
  sending: { secret: Uint8Array; publicKey: Uint8Array; chainKey: Uint8Array; index: number } | undefined
  /** The newest last. */
  receiving: ChainState[]
  /** What pre-key messages carry, until the other side answered. */
  preKey: { readonly oneTimeKey: Uint8Array; readonly baseKey: Uint8Array; readonly identityKey: Uint8Array } | undefined
}

/** A message as `m.room.encrypted` carries it. */
export interface OlmCiphertext {
  readonly type: 0 | 1
  readonly body: Uint8Array
}

/** A session of the double ratchet between two devices. */
export class OlmSession {
  constructor(readonly state: OlmSessionState) {}

  get id(): string {
    return this.state.sessionId
  }

  /** Begins a session with a device's identity key and one of its one-time keys. */
  static async outbound(identity: X25519Key, theirIdentityKey: Uint8Array, theirOneTimeKey: Uint8Array): Promise<OlmSession> {
    const baseKey = await X25519Key.generate()
    const ratchetKey = await X25519Key.generate()
    const secrets = await agreements([[identity, theirOneTimeKey], [baseKey, theirIdentityKey], [baseKey, theirOneTimeKey]])
    const [rootKey, chainKey] = split(hkdfSHA256(secrets, undefined, ROOT, 64))
    return new OlmSession({
      sessionId: sessionIDOf(identity.publicKey, baseKey.publicKey, theirOneTimeKey),
      rootKey,
      sending: { secret: ratchetKey.secret, publicKey: ratchetKey.publicKey, chainKey, index: 0 },
      receiving: [],
      preKey: { oneTimeKey: theirOneTimeKey, baseKey: baseKey.publicKey, identityKey: identity.publicKey },
    })
  }

  /** The session that a pre-key message begins; keep it only after the message could be decrypted with it. */
  static async inbound(identity: X25519Key, oneTimeKey: X25519Key, message: PreKeyMessage): Promise<OlmSession> {
    const first = decodeMessage(message.message)
    const secrets = await agreements([[oneTimeKey, message.identityKey], [identity, message.baseKey], [oneTimeKey, message.baseKey]])
    const [rootKey, chainKey] = split(hkdfSHA256(secrets, undefined, ROOT, 64))
    return new OlmSession({
      sessionId: sessionIDOfMessage(message),
      rootKey,
      sending: undefined,
      receiving: [{ ratchetKey: first.ratchetKey, chainKey, index: 0, skipped: [] }],
      preKey: undefined,
    })
  }

  /** Encrypts; the changed state has to be stored before the message goes out. */
  async encrypt(plaintext: Uint8Array): Promise<OlmCiphertext> {
    const sending = this.state.sending ?? (await this.nextSending())
    const index = sending.index
    const keys = new MessageKeys(nextMessageKey(sending), "OLM_KEYS")
    this.state.sending = sending
    const covered = encodeMessage(sending.publicKey, index, await keys.encrypt(plaintext))
    const message = concatenate(covered, keys.authenticate(covered))
    if (this.state.preKey === undefined) return { type: 1, body: message }
    return { type: 0, body: encodePreKeyMessage({ ...this.state.preKey, message }) }
  }

  /** Decrypts; throws `OlmError`, and then leaves the session as it was. */
  async decrypt(ciphertext: OlmCiphertext): Promise<Uint8Array> {
    const message = decodeMessage(ciphertext.type === 0 ? decodePreKeyMessage(ciphertext.body).message : ciphertext.body)
    const known = chainOf(this.state.receiving, message.ratchetKey)
    const step = known === undefined ? await this.nextReceiving(message.ratchetKey) : undefined
    const { key, after } = receiveMessageKey(known ?? step?.chain ?? unreachable(), message.index)
    const keys = new MessageKeys(key, "OLM_KEYS")
    if (!keys.isAuthentic(message.covered, message.mac)) throw new OlmError("wrong-mac")
    const plaintext = await keys.decrypt(message.ciphertext).catch(() => {
      throw new OlmError("malformed")
    })
    if (step === undefined) {
      this.state.receiving = this.state.receiving.map((chain) => (chain === known ? after : chain))
    } else {
      this.state.rootKey = step.rootKey
      this.state.sending = undefined
      this.state.receiving = [...this.state.receiving, after].slice(-MOST_CHAINS)
    }
    this.state.preKey = undefined
    return plaintext
  }

  private async nextSending() {
    const theirs = this.state.receiving[this.state.receiving.length - 1]
    if (theirs === undefined) throw new OlmError("unknown-key")
    const ratchetKey = await X25519Key.generate()
    const secret = await agreement(ratchetKey, theirs.ratchetKey)
    const [rootKey, chainKey] = split(hkdfSHA256(secret, this.state.rootKey, RATCHET, 64))
    this.state.rootKey = rootKey
    return { secret: ratchetKey.secret, publicKey: ratchetKey.publicKey, chainKey, index: 0 }
  }

  private async nextReceiving(ratchetKey: Uint8Array): Promise<{ rootKey: Uint8Array; chain: ChainState }> {
    const own = this.state.sending
    // Both sides take turns: a new key of theirs answers one of ours.
    if (own === undefined) throw new OlmError("unknown-key")
    const secret = await agreement(await X25519Key.fromSecret(own.secret, own.publicKey), ratchetKey)
    const [rootKey, chainKey] = split(hkdfSHA256(secret, this.state.rootKey, RATCHET, 64))
    return { rootKey, chain: { ratchetKey, chainKey, index: 0, skipped: [] } }
  }
}

/** The ID of the session that a pre-key message belongs to; both sides compute the same. */
export function sessionIDOfMessage(message: PreKeyMessage): string {
  return sessionIDOf(message.identityKey, message.baseKey, message.oneTimeKey)
}

function sessionIDOf(identityKey: Uint8Array, baseKey: Uint8Array, oneTimeKey: Uint8Array): string {
  return toBase64(sha256(concatenate(identityKey, baseKey, oneTimeKey)))
}

async function agreements(pairs: readonly (readonly [X25519Key, Uint8Array])[]): Promise<Uint8Array> {
  return concatenate(...(await Promise.all(pairs.map(([own, theirs]) => agreement(own, theirs)))))
}

async function agreement(own: X25519Key, theirs: Uint8Array): Promise<Uint8Array> {
  // Keys that make the secret the same for everybody are refused.
  return own.agree(theirs).catch(() => {
    throw new OlmError("degenerate-key")
  })
}

function split(bytes: Uint8Array): [Uint8Array, Uint8Array] {
  return [bytes.slice(0, 32), bytes.slice(32, 64)]
}

function unreachable(): never {
  throw new OlmError("unknown-key")
}

