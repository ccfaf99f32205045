import { asObject, type JSONObject, type JSONValue } from "../../base/read"
import { applyCTR } from "../primitives/aes"
import { fromBase64, toPaddedBase64 } from "../primitives/base64"
import { concatenate, equalBytes, fromUTF8, randomBytes, readUint32, uint32, utf8 } from "../primitives/bytes"
import { hmacSHA256 } from "../primitives/hmac"
import { pbkdf2 } from "../primitives/pbkdf2"

const BEGIN = "-----BEGIN MEGOLM SESSION DATA-----"
const END = "-----END MEGOLM SESSION DATA-----"
const VERSION = 1
const ROUNDS = 500_000
const MAX_ROUNDS = 10_000_000
const LINE = 96
const HEADER = 1 + 16 + 16 + 4
const MAC = 32

/** Why a file of keys cannot be read. */
export class KeyImportError extends Error {
  override readonly name = "KeyImportError"
  constructor(readonly code: "no-export" | "wrong-passphrase") {
    super(code === "no-export" ? "the file holds no exported keys" : "the passphrase is not the one of this file")
  }
}

/** Sessions as a text that is protected by a passphrase. */
export async function encryptKeyExport(sessions: readonly JSONObject[], passphrase: string, rounds = ROUNDS): Promise<string> {
  const salt = randomBytes(16)
  const iv = randomBytes(16)
  iv[8] = (iv[8] ?? 0) & 0x7f
  const [aesKey, macKey] = await derive(passphrase, salt, rounds)
  const ciphertext = await applyCTR(aesKey, iv, utf8(JSON.stringify(sessions)))
  const body = concatenate(new Uint8Array([VERSION]), salt, iv, uint32(rounds), ciphertext)
  const text = toPaddedBase64(concatenate(body, hmacSHA256(macKey, body)))
  return [BEGIN, ...(text.match(new RegExp(`.{1,${LINE}}`, "g")) ?? []), END, ""].join("\n")
}

/** The sessions in such a text. */
export async function decryptKeyExport(text: string, passphrase: string): Promise<JSONObject[]> {
  const begin = text.indexOf(BEGIN)
  const end = text.indexOf(END, begin)
  const bytes = begin < 0 || end < 0 ? undefined : fromBase64(text.slice(begin + BEGIN.length, end).replace(/\s+/g, ""))
  if (bytes === undefined || bytes.length < HEADER + MAC || bytes[0] !== VERSION) throw new KeyImportError("no-export")
  const rounds = readUint32(bytes, 33)
  if (rounds < 1 || rounds > MAX_ROUNDS) throw new KeyImportError("no-export")
  const [aesKey, macKey] = await derive(passphrase, bytes.subarray(1, 17), rounds)
  const body = bytes.subarray(0, bytes.length - MAC)
  if (!equalBytes(hmacSHA256(macKey, body), bytes.subarray(bytes.length - MAC))) throw new KeyImportError("wrong-passphrase")
  const plaintext = fromUTF8(await applyCTR(aesKey, bytes.subarray(17, 33), body.subarray(HEADER)))
  return parseSessions(plaintext)
}

function parseSessions(text: string | undefined): JSONObject[] {
  let parsed: JSONValue
  try {
    parsed = JSON.parse(text ?? "") as JSONValue
  } catch {
    throw new KeyImportError("no-export")
  }
  if (!Array.isArray(parsed)) throw new KeyImportError("no-export")
  return parsed.map(asObject).filter((session): session is JSONObject => session !== undefined)
}

async function derive(passphrase: string, salt: Uint8Array, rounds: number): Promise<[Uint8Array, Uint8Array]> {
  const keys = await pbkdf2(utf8(passphrase), salt, rounds, 512)
  return [keys.subarray(0, 32), keys.subarray(32)]
}
