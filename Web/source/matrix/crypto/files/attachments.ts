import { asString, type JSONObject, member } from "../../base/read"
import { fromBase64, fromBase64URL, toBase64, toBase64URL } from "../primitives/base64"
import { concatenate, equalBytes, randomBytes } from "../primitives/bytes"
import { applyCTR } from "../primitives/aes"
import { SHA256, sha256Digest } from "../primitives/sha256"

/** Why a file cannot be decrypted: its description is no use, or the bytes are not those that were sent. */
export class FileDecryptionError extends Error {
  override readonly name = "FileDecryptionError"
  constructor(readonly code: "unsupported" | "hash-mismatch") {
    super(code === "unsupported" ? "the file is encrypted in a way that is not known" : "the file is not the one that was sent")
  }
}

// Files are worked through in pieces, so that a big one needs its own size and little more.
const PIECE = 8 * 1024 * 1024
const BLOCK = 16

/** Encrypts a file for an encrypted room; `file` is the `EncryptedFile` of the event, to which the caller adds the `url`. */
export async function encryptFile(blob: Blob): Promise<{ blob: Blob; file: JSONObject }> {
  const key = randomBytes(32)
  // The lower half counts blocks and begins at zero, which no implementation disagrees about.
  const iv = concatenate(randomBytes(8), new Uint8Array(8))
  const { result, hash } = await transform(blob, key, iv, "output")
  return {
    blob: result,
    file: {
      v: "v2",
      key: { alg: "A256CTR", ext: true, k: toBase64URL(key), key_ops: ["encrypt", "decrypt"], kty: "oct" },
      iv: toBase64(iv),
      hashes: { sha256: toBase64(hash) },
    },
  }
}

/** Decrypts a file; nothing is given out before the hash of all of it was checked. */
export async function decryptFile(blob: Blob, file: JSONObject): Promise<Blob> {
  const key = fromBase64URL(asString(member(file, "key", "k")) ?? "")
  const iv = fromBase64(asString(file["iv"]) ?? "")
  const expected = fromBase64(asString(member(file, "hashes", "sha256")) ?? "")
  const isKnown = member(file, "key", "alg") === "A256CTR" && member(file, "key", "kty") === "oct" && (file["v"] === "v2" || file["v"] === undefined)
  if (!isKnown || key?.length !== 32 || iv?.length !== 16 || expected?.length !== 32) throw new FileDecryptionError("unsupported")
  const { result, hash } = await transform(blob, key, iv, "input")
  if (!equalBytes(hash, expected)) throw new FileDecryptionError("hash-mismatch")
  return result
}

/** Applies the cipher, and hashes the side that is encrypted. */
async function transform(blob: Blob, key: Uint8Array, iv: Uint8Array, hashed: "input" | "output"): Promise<{ result: Blob; hash: Uint8Array }> {
  if (blob.size <= PIECE) {
    const input = new Uint8Array(await blob.arrayBuffer())
    const output = await applyCTR(key, iv, input)
    return { result: new Blob([output]), hash: await sha256Digest(hashed === "input" ? input : output) }
  }
  const sum = new SHA256()
  const pieces: Blob[] = []
  for (let offset = 0; offset < blob.size; offset += PIECE) {
    const input = new Uint8Array(await blob.slice(offset, offset + PIECE).arrayBuffer())
    const output = await applyCTR(key, counterAt(iv, offset / BLOCK), input)
    sum.update(hashed === "input" ? input : output)
    // As blobs, pieces can leave the memory of the page.
    pieces.push(new Blob([output]))
  }
  return { result: new Blob(pieces), hash: sum.finish() }
}

/** The counter block of a later piece; the lower 64 bits count. */
function counterAt(iv: Uint8Array, blocks: number): Uint8Array {
  const counter = iv.slice()
  const view = new DataView(counter.buffer)
  view.setBigUint64(8, BigInt.asUintN(64, view.getBigUint64(8) + BigInt(blocks)))
  return counter
}
