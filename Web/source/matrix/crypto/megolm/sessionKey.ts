import { concatenate, readUint32, uint32 } from "../primitives/bytes"
import { verifyEd25519 } from "../primitives/ed25519"

const SHARED = 2
const EXPORTED = 1
const UNSIGNED_LENGTH = 165
const SIGNATURE_LENGTH = 64

/** What a session key says: the ratchet at an index, and the key that signs the session's messages. */
export interface SessionKey {
  readonly index: number
  readonly ratchet: Uint8Array
  readonly publicKey: Uint8Array
}

/** The format in which its owner shares a session; still to be signed. */
export function encodeSharedKey(key: SessionKey): Uint8Array {
  return encode(SHARED, key)
}

/** The format in which everybody else passes a session on. */
export function encodeExportedKey(key: SessionKey): Uint8Array {
  return encode(EXPORTED, key)
}

/** Reads what the owner shared; undefined where it is malformed or its signature is wrong. */
export async function decodeSharedKey(bytes: Uint8Array): Promise<SessionKey | undefined> {
  if (bytes[0] !== SHARED || bytes.length !== UNSIGNED_LENGTH + SIGNATURE_LENGTH) return undefined
  const key = decode(bytes)
  const isSigned = await verifyEd25519(key.publicKey, bytes.subarray(UNSIGNED_LENGTH), bytes.subarray(0, UNSIGNED_LENGTH))
  return isSigned ? key : undefined
}

/** Reads what was exported; undefined where it is malformed. */
export function decodeExportedKey(bytes: Uint8Array): SessionKey | undefined {
  return bytes[0] === EXPORTED && bytes.length === UNSIGNED_LENGTH ? decode(bytes) : undefined
}

function encode(version: number, key: SessionKey): Uint8Array {
  return concatenate(new Uint8Array([version]), uint32(key.index), key.ratchet, key.publicKey)
}

function decode(bytes: Uint8Array): SessionKey {
  return { index: readUint32(bytes, 1), ratchet: bytes.slice(5, 133), publicKey: bytes.slice(133, UNSIGNED_LENGTH) }
}
