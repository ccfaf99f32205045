import { concatenate } from "../primitives/bytes"
import { decodeFields, encodeFields } from "../primitives/fields"

const VERSION = 3
const MAC_LENGTH = 8
const SIGNATURE_LENGTH = 64

/** A message of a Megolm session. */
export interface MegolmMessage {
  readonly index: number
  readonly ciphertext: Uint8Array
  /** What the MAC covers. */
  readonly covered: Uint8Array
  readonly mac: Uint8Array
  /** What the signature covers. */
  readonly signed: Uint8Array
  readonly signature: Uint8Array
}

/** The part of a message that its MAC covers. */
export function encodeMegolmMessage(index: number, ciphertext: Uint8Array): Uint8Array {
  return concatenate(new Uint8Array([VERSION]), encodeFields([[0x08, index], [0x12, ciphertext]]))
}

/** Undefined where it is malformed. */
export function decodeMegolmMessage(bytes: Uint8Array): MegolmMessage | undefined {
  const macAt = bytes.length - SIGNATURE_LENGTH - MAC_LENGTH
  if (bytes[0] !== VERSION || macAt < 1) return undefined
  const fields = decodeFields(bytes.subarray(1, macAt))
  const index = fields?.number(0x08)
  const ciphertext = fields?.bytes(0x12)
  if (index === undefined || index > 0xffffffff || ciphertext === undefined) return undefined
  const signatureAt = macAt + MAC_LENGTH
  return {
    index, ciphertext, covered: bytes.subarray(0, macAt), mac: bytes.subarray(macAt, signatureAt),
    signed: bytes.subarray(0, signatureAt), signature: bytes.subarray(signatureAt),
  }
}
