/** Who verifies whom: another person; an own device, by one that trusts the master key; or by one that does not yet. */
export const QRMode = { otherUser: 0x00, selfTrusted: 0x01, selfUntrusted: 0x02 } as const
export type QRModeValue = (typeof QRMode)[keyof typeof QRMode]

/** What the code of a verification holds. Which keys these are depends on the mode. */
export interface QRPayload {
  readonly mode: QRModeValue
  readonly transactionId: string
  readonly firstKey: Uint8Array
  readonly secondKey: Uint8Array
  readonly secret: Uint8Array
}

const MARK = new TextEncoder().encode("MATRIX")
const VERSION = 0x02
const KEY_LENGTH = 32
const MODES: readonly number[] = Object.values(QRMode)

/** The bytes that the code carries. */
export function encodeQRPayload(payload: QRPayload): Uint8Array {
  const id = new TextEncoder().encode(payload.transactionId)
  return new Uint8Array([
    ...MARK, VERSION, payload.mode, id.length >> 8, id.length & 0xff, ...id, ...payload.firstKey, ...payload.secondKey, ...payload.secret,
  ])
}

/** What was scanned, or undefined where it is some other code. */
export function decodeQRPayload(data: Uint8Array): QRPayload | undefined {
  if (MARK.some((byte, index) => data[index] !== byte) || data[6] !== VERSION) return undefined
  const mode = data[7]
  const length = ((data[8] ?? 0) << 8) | (data[9] ?? 0)
  const keys = 10 + length
  if (!isMode(mode) || data.length <= keys + 2 * KEY_LENGTH) return undefined
  return {
    mode,
    transactionId: new TextDecoder().decode(data.subarray(10, keys)),
    firstKey: data.slice(keys, keys + KEY_LENGTH),
    secondKey: data.slice(keys + KEY_LENGTH, keys + 2 * KEY_LENGTH),
    secret: data.slice(keys + 2 * KEY_LENGTH),
  }
}

function isMode(value: number | undefined): value is QRModeValue {
  return value !== undefined && MODES.includes(value)
}
