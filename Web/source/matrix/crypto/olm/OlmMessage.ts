import { concatenate } from "../primitives/bytes"
import { decodeFields, encodeFields } from "../primitives/fields"
import { OlmError } from "./OlmError"

const VERSION = 3
const MAC_LENGTH = 8
const LONGEST_CHAIN = 0xffffffff

/** An Olm message of an established session. */
export interface OlmMessage {
  readonly ratchetKey: Uint8Array
  readonly index: number
  readonly ciphertext: Uint8Array
  /** What the MAC covers. */
  readonly covered: Uint8Array
  readonly mac: Uint8Array
}

/** A message that can begin a session. */
export interface PreKeyMessage {
  readonly oneTimeKey: Uint8Array
  readonly baseKey: Uint8Array
  readonly identityKey: Uint8Array
  readonly message: Uint8Array
}

/** The part of a message that its MAC covers. */
export function encodeMessage(ratchetKey: Uint8Array, index: number, ciphertext: Uint8Array): Uint8Array {
  return concatenate(new Uint8Array([VERSION]), encodeFields([[0x0a, ratchetKey], [0x10, index], [0x22, ciphertext]]))
}

export function decodeMessage(bytes: Uint8Array): OlmMessage {
  const end = bytes.length - MAC_LENGTH
  if (bytes[0] !== VERSION || end < 1) throw new OlmError("malformed")
  const fields = decodeFields(bytes.subarray(1, end))
  const ratchetKey = fields?.bytes(0x0a)
  const index = fields?.number(0x10)
  const ciphertext = fields?.bytes(0x22)
  if (ratchetKey?.length !== 32 || index === undefined || index > LONGEST_CHAIN || ciphertext === undefined) throw new OlmError("malformed")
  return { ratchetKey, index, ciphertext, covered: bytes.subarray(0, end), mac: bytes.subarray(end) }
}

export function encodePreKeyMessage(message: PreKeyMessage): Uint8Array {
  const fields = encodeFields([[0x0a, message.oneTimeKey], [0x12, message.baseKey], [0x1a, message.identityKey], [0x22, message.message]])
  return concatenate(new Uint8Array([VERSION]), fields)
}

export function decodePreKeyMessage(bytes: Uint8Array): PreKeyMessage {
  const fields = bytes[0] === VERSION ? decodeFields(bytes.subarray(1)) : undefined
  const oneTimeKey = fields?.bytes(0x0a)
  const baseKey = fields?.bytes(0x12)
  const identityKey = fields?.bytes(0x1a)
  const message = fields?.bytes(0x22)
  if (oneTimeKey?.length !== 32 || baseKey?.length !== 32 || identityKey?.length !== 32 || message === undefined) throw new OlmError("malformed")
  return { oneTimeKey, baseKey, identityKey, message }
}
