import { encodeQR } from "../../matrix/crypto/verification/qr/encodeQR"

/** A code as it is drawn: `path` is an SVG path of one square a module, within `size` by `size` including the quiet zone. */
export interface QRDrawing {
  readonly size: number
  readonly path: string
}

const QUIET_ZONE = 4

/** The bytes as a QR code to draw with one SVG path. */
export function drawQR(bytes: Uint8Array): QRDrawing {
  const rows = encodeQR(bytes, "L")
  const path = rows.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x + QUIET_ZONE} ${y + QUIET_ZONE}h1v1h-1z` : ""))).join("")
  return { size: rows.length + 2 * QUIET_ZONE, path }
}
