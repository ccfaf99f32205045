import type { JSONValue } from "../../base/read"

/** JSON in its one canonical form (members in the order of code points, no spaces, whole numbers); throws for what has none. */
export function canonicalJSON(value: JSONValue | undefined): string {
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new Error("canonical JSON has whole numbers only")
    return String(value)
  }
  if (value === null || typeof value !== "object") return JSON.stringify(value ?? null)
  if (Array.isArray(value)) return `[${value.map(canonicalJSON).join(",")}]`
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort(byCodePoints)
    .map((key) => `${JSON.stringify(key)}:${canonicalJSON(value[key])}`)
  return `{${members.join(",")}}`
}

function byCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index)
    const right = b.charCodeAt(index)
    if (left === right) continue
    // Halves of surrogate pairs stand for greater code points than the units from U+E000.
    const isLeftHalf = left >= 0xd800 && left < 0xe000
    const isRightHalf = right >= 0xd800 && right < 0xe000
    return isLeftHalf === isRightHalf ? left - right : isLeftHalf ? 1 : -1
  }
  return a.length - b.length
}
