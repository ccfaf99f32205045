import { equalBytes } from "../primitives/bytes"
import { hmacSHA256 } from "../primitives/hmac"
import { OlmError } from "./OlmError"

const MESSAGE_SEED = new Uint8Array([1])
const CHAIN_SEED = new Uint8Array([2])
const FARTHEST = 2_000
const MOST_SKIPPED = 40

/** A chain of message keys as it is stored. */
export interface ChainState {
  ratchetKey: Uint8Array
  chainKey: Uint8Array
  index: number
  /** Keys of messages that were passed over and may still come. */
  skipped: { index: number; key: Uint8Array }[]
}

/** The key for the next message to be sent; moves the chain on. */
export function nextMessageKey(chain: { chainKey: Uint8Array; index: number }): Uint8Array {
  const key = hmacSHA256(chain.chainKey, MESSAGE_SEED)
  chain.chainKey = hmacSHA256(chain.chainKey, CHAIN_SEED)
  chain.index += 1
  return key
}

/** The key of a message that came, and the chain after it; the given one stays as it is until the message proved authentic. */
export function receiveMessageKey(chain: ChainState, index: number): { key: Uint8Array; after: ChainState } {
  if (index < chain.index) {
    const skipped = chain.skipped.find((one) => one.index === index)
    if (skipped === undefined) throw new OlmError("unknown-message-key")
    return { key: skipped.key, after: { ...chain, skipped: chain.skipped.filter((one) => one !== skipped) } }
  }
  if (index - chain.index > FARTHEST) throw new OlmError("too-far-ahead")
  const after: ChainState = { ...chain, skipped: [...chain.skipped] }
  while (after.index < index) {
    const skippedIndex = after.index
    after.skipped.push({ index: skippedIndex, key: nextMessageKey(after) })
    if (after.skipped.length > MOST_SKIPPED) after.skipped.shift()
  }
  return { key: nextMessageKey(after), after }
}

/** The chain of a ratchet key. */
export function chainOf(chains: readonly ChainState[], ratchetKey: Uint8Array): ChainState | undefined {
  return chains.find((chain) => equalBytes(chain.ratchetKey, ratchetKey))
}
