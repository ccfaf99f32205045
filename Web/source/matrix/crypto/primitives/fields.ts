import { concatenate } from "./bytes"

/** Members of a message as Olm and Megolm write them: a tag, then a number or a length and bytes. */
export type Field = readonly [tag: number, value: number | Uint8Array]

const TYPE_NUMBER = 0
const TYPE_BYTES = 2

/** Writes the members one after the other. */
export function encodeFields(fields: readonly Field[]): Uint8Array {
  const parts: Uint8Array[] = []
  for (const [tag, value] of fields) {
    if (typeof value === "number") parts.push(encodeNumber(tag), encodeNumber(value))
    else parts.push(encodeNumber(tag), encodeNumber(value.length), value)
  }
  return concatenate(...parts)
}

/** Reads members by tag, the last one of each counting; undefined where the bytes are malformed. */
export function decodeFields(bytes: Uint8Array): { number(tag: number): number | undefined; bytes(tag: number): Uint8Array | undefined } | undefined {
  const values = new Map<number, number | Uint8Array>()
  let place = 0
  const next = (): number | undefined => {
    let value = 0
    for (let shift = 0; shift < 53; shift += 7) {
      const byte = bytes[place++]
      if (byte === undefined) return undefined
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return Number.isSafeInteger(value) ? value : undefined
    }
    return undefined
  }
  while (place < bytes.length) {
    const tag = next()
    const value = tag === undefined ? undefined : next()
    if (tag === undefined || value === undefined) return undefined
    if ((tag & 7) === TYPE_NUMBER) {
      values.set(tag, value)
    } else if ((tag & 7) === TYPE_BYTES) {
      if (place + value > bytes.length) return undefined
      values.set(tag, bytes.slice(place, place + value))
      place += value
    } else {
      return undefined
    }
  }
  return {
    number: (tag) => {
      const value = values.get(tag)
      return typeof value === "number" ? value : undefined
    },
    bytes: (tag) => {
      const value = values.get(tag)
      return value instanceof Uint8Array ? value : undefined
    },
  }
}

function encodeNumber(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  while (rest >= 128) {
    bytes.push((rest % 128) | 128)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
  return new Uint8Array(bytes)
}
