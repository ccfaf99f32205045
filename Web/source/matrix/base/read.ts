/** JSON as it comes from the network: anything may be anything. */
export type JSONValue = null | boolean | number | string | JSONValue[] | { [key: string]: JSONValue }
/** A JSON object of unknown members. */
export type JSONObject = { [key: string]: JSONValue }

/** The value as an object, or undefined where it is something else. */
export function asObject(value: unknown): JSONObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JSONObject) : undefined
}

/** The value as a list, or an empty one. */
export function asArray(value: unknown): JSONValue[] {
  return Array.isArray(value) ? (value as JSONValue[]) : []
}

/** The value as text, or undefined. */
export function asString(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined
}

/** The value as a finite number, or undefined. */
export function asNumber(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined
}

/** The value as a boolean, or undefined. */
export function asBoolean(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined
}

/** The texts in a list; what is not text is left out. */
export function asStrings(value: unknown): string[] {
  return asArray(value).filter((item): item is string => typeof item === "string")
}

/** The member of an object, own properties only: `__proto__` and `constructor` find nothing. */
export function member(value: unknown, ...path: string[]): JSONValue | undefined {
  let current: unknown = value
  for (const key of path) {
    const object = asObject(current)
    if (object === undefined || !Object.prototype.hasOwnProperty.call(object, key)) return undefined
    current = object[key]
  }
  return current as JSONValue | undefined
}
