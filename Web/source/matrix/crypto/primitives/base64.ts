const STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
const URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
const INVALID = 255
const standardValues = valuesOf(STANDARD)
const urlSafeValues = valuesOf(URL_SAFE)

function valuesOf(alphabet: string): Uint8Array {
  const values = new Uint8Array(128).fill(INVALID)
  for (let value = 0; value < alphabet.length; value += 1) values[alphabet.charCodeAt(value)] = value
  return values
}

/** Unpadded base64, as Matrix writes keys. */
export function toBase64(bytes: Uint8Array): string {
  return encode(bytes, STANDARD)
}

/** Base64 with its padding, as older parts of the protocol want it. */
export function toPaddedBase64(bytes: Uint8Array): string {
  const text = encode(bytes, STANDARD)
  return text + "=".repeat((4 - (text.length % 4)) % 4)
}

/** Unpadded URL-safe base64, as JSON Web Keys want it. */
export function toBase64URL(bytes: Uint8Array): string {
  return encode(bytes, URL_SAFE)
}

/** The bytes of base64 with or without padding, or undefined where it is none. */
export function fromBase64(text: string): Uint8Array | undefined {
  return decode(text, standardValues)
}

/** The bytes of URL-safe base64 with or without padding, or undefined where it is none. */
export function fromBase64URL(text: string): Uint8Array | undefined {
  return decode(text, urlSafeValues)
}

/** The 32 bytes of a key in base64, or undefined where it is something else. */
export function keyFromBase64(text: unknown): Uint8Array | undefined {
  if (typeof text !== "string" || text.length < 43 || text.length > 44) return undefined
  const bytes = fromBase64(text)
  return bytes?.length === 32 ? bytes : undefined
}

function encode(bytes: Uint8Array, alphabet: string): string {
  const codes = new Uint8Array(Math.ceil((bytes.length * 4) / 3))
  let place = 0
  for (let index = 0; index < bytes.length; index += 3) {
    const word = ((bytes[index] ?? 0) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0)
    codes[place++] = alphabet.charCodeAt(word >> 18)
    codes[place++] = alphabet.charCodeAt((word >> 12) & 63)
    // Writes beyond the end of a typed array do nothing, which leaves the padding out.
    codes[place++] = alphabet.charCodeAt((word >> 6) & 63)
    codes[place++] = alphabet.charCodeAt(word & 63)
  }
  return asciiDecoder.decode(codes)
}

const asciiDecoder = new TextDecoder()

function decode(text: string, values: Uint8Array): Uint8Array | undefined {
  let length = text.length
  if (length % 4 === 0) {
    if (text.charCodeAt(length - 1) === 61) length -= 1
    if (text.charCodeAt(length - 1) === 61) length -= 1
  }
  if (length % 4 === 1) return undefined
  const bytes = new Uint8Array((length * 3) >> 2)
  let place = 0
  let word = 0
  let bits = 0
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index)
    const value = code < 128 ? values[code] ?? INVALID : INVALID
    if (value === INVALID) return undefined
    word = ((word << 6) | value) & 0xffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[place++] = word >> bits
    }
  }
  return bytes
}
