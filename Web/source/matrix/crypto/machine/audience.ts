import { asNumber, asString } from "../../base/read"
import type { JSONObject } from "../../base/read"
import type { CrossSigningKeys, KnownDevice } from "./EncryptionContext"
import { ALGORITHMS } from "./AccountStore"

const DEFAULT_PERIOD = 7 * 24 * 3_600_000
const DEFAULT_MESSAGES = 100
const SHORTEST_PERIOD = 60_000
const MOST_MESSAGES = 10_000

/** When a room wants a new session. */
export interface Rotation {
  readonly period: number
  readonly messages: number
}

/** Reads the settings of `m.room.encryption`, within what is sensible. */
export function readRotation(encryption: JSONObject | undefined): Rotation {
  const period = asNumber(encryption?.["rotation_period_ms"]) ?? DEFAULT_PERIOD
  const messages = asNumber(encryption?.["rotation_period_msgs"]) ?? DEFAULT_MESSAGES
  return { period: Math.max(period, SHORTEST_PERIOD), messages: Math.min(Math.max(messages, 1), MOST_MESSAGES) }
}

/** Whether those who come later may read what is said under this visibility of history. */
export function isSharedHistory(historyVisibility: string): boolean {
  return historyVisibility === "shared" || historyVisibility === "world_readable"
}

/** Whether the room is encrypted in the way that is known here. */
export function isKnownAlgorithm(encryption: JSONObject | undefined): boolean {
  return asString(encryption?.["algorithm"]) === ALGORITHMS.megolm
}

/** Why a device gets no room keys, as the code of `m.room_key.withheld`; undefined where it gets them. */
export function withholdingCode(device: KnownDevice, crossSigning: CrossSigningKeys | undefined, onlySigned: boolean): string | undefined {
  if (device.isBlocked) return "m.blacklisted"
  if (onlySigned && crossSigning !== undefined && !device.isSigned) return "m.unverified"
  return undefined
}

/** What people read where a key was withheld from them. */
export const withheldReasons: { readonly [code: string]: string } = {
  "m.blacklisted": "The sender has blocked this device",
  "m.unverified": "This device was not verified by its owner",
  "m.no_olm": "No secure channel to this device could be made",
  "m.unauthorised": "This device may not have the key",
  "m.unavailable": "The key is not known here",
}
