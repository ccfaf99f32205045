const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
const PREFIX = [0x8b, 0x01]
const KEY_LENGTH = 32

/** The key as the text a person writes down: base58 with a parity byte, in groups of four characters. */
export function encodeRecoveryKey(key: Uint8Array): string {
  const bytes = new Uint8Array([...PREFIX, ...key, 0])
  bytes[bytes.length - 1] = parity(bytes)
  return encodeBase58(bytes).replace(/(.{4})(?=.)/g, "$1 ")
}

/** The key in what a person typed, or undefined where that is no recovery key: wrong characters, length, prefix or parity. */
export function decodeRecoveryKey(text: string): Uint8Array | undefined {
  const bytes = decodeBase58(text.replace(/\s+/g, ""))
  if (bytes === undefined || bytes.length !== PREFIX.length + KEY_LENGTH + 1) return undefined
  if (PREFIX.some((byte, index) => bytes[index] !== byte) || parity(bytes) !== 0) return undefined
  return bytes.slice(PREFIX.length, PREFIX.length + KEY_LENGTH)
}

function parity(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum ^ byte, 0)
}

/** Base58 with Bitcoin's alphabet; zero bytes at the front become ones. */
export function encodeBase58(bytes: Uint8Array): string {
  const digits: number[] = []
  for (const byte of bytes) {
    let carry = byte
    for (let index = 0; index < digits.length; index += 1) {
      carry += (digits[index] ?? 0) << 8
      digits[index] = carry % 58
      carry = Math.floor(carry / 58)
    }
    for (; carry > 0; carry = Math.floor(carry / 58)) digits.push(carry % 58)
  }
  for (const byte of bytes) {
    if (byte !== 0) break
    digits.push(0)
  }
  return digits.reverse().map((digit) => ALPHABET.charAt(digit)).join("")
}

/** The bytes of a base58 text, or undefined where it has other characters. */
export function decodeBase58(text: string): Uint8Array | undefined {
  const bytes: number[] = []
  for (const character of text) {
    let carry = ALPHABET.indexOf(character)
    if (carry < 0) return undefined
    for (let index = 0; index < bytes.length; index += 1) {
      carry += (bytes[index] ?? 0) * 58
      bytes[index] = carry & 0xff
      carry >>= 8
    }
    for (; carry > 0; carry >>= 8) bytes.push(carry & 0xff)
  }
  for (const character of text) {
    if (character !== ALPHABET.charAt(0)) break
    bytes.push(0)
  }
  return new Uint8Array(bytes.reverse())
}
