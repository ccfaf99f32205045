import { encodeQR } from "../../matrix/crypto/verification/qr/encodeQR"

/** The modules of the code that shows these bytes: rows, true for dark, without the quiet zone. */
export function qrCode(bytes: Uint8Array): readonly (readonly boolean[])[] {
  return encodeQR(bytes, "L")
}

/** The bytes of a scanned code, where the reader gave them as text of one sign a byte; undefined where it mangled them or it is another code. */
export function scannedBytes(text: string): Uint8Array | undefined {
  if (!text.startsWith("MATRIX")) return undefined
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code > 255) return undefined
    bytes[index] = code
  }
  return bytes
}
