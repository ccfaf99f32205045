import type { StoreDeclaration } from "../contract/platform"

/** The stores of everything but encryption. */
export const coreStores: readonly StoreDeclaration[] = [
  { name: "settings", key: "key" },
  { name: "rooms", key: "id" },
  { name: "state", key: "id" },
  { name: "members", key: ["room", "userId"] },
  { name: "segments", key: ["room", "id"] },
  { name: "events", key: ["room", "segment", "index"], indexes: [{ name: "id", key: ["room", "id"] }, { name: "target", key: ["room", "target"] }] },
  { name: "receipts", key: ["room", "userId", "thread"] },
  { name: "accountData", key: "type" },
  { name: "profiles", key: "userId" },
  { name: "outbox", key: "key", indexes: [{ name: "room", key: ["room", "order"] }] },
  { name: "searchChunks", key: "id", indexes: [{ name: "time", key: "timestamp" }] },
]

/** The range of all keys that begin with `prefix`. */
export function startingWith(...prefix: readonly (string | number)[]) {
  // Lists sort after numbers and texts; an empty list is greater than any part there is.
  return { lower: prefix, upper: [...prefix, []] as unknown as (string | number)[] }
}
