import { asNumber, asString, member } from "../../matrix/base/read"
import type { MatrixEvent, RoomID } from "../../matrix/contract/events"

const first = 0x20
const last = 0x7e
/** The longest order that the specification allows. */
const longest = 50

/** An `order` as the specification wants it: up to 50 printable ASCII characters; else undefined. */
export function validOrder(value: unknown): string | undefined {
  const order = asString(value)
  return order !== undefined && order.length > 0 && order.length <= longest && /^[ -~]+$/.test(order) ? order : undefined
}

/** Compares orders; what has none comes last. */
export function compareOrder(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0
  if (a === undefined) return 1
  if (b === undefined) return -1
  return a < b ? -1 : 1
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** What orders a room among the children of a space. */
export interface ChildKey { readonly order: string | undefined; readonly timestamp: number; readonly id: RoomID }

/** The specification's order of a space's children: `order`, then the time of the `m.space.child` event, then the room's ID. */
export function compareChildren(a: ChildKey, b: ChildKey): number {
  return compareOrder(a.order, b.order) || a.timestamp - b.timestamp || compareText(a.id, b.id)
}

/** One child of a space. */
export interface ChildLink extends ChildKey {
  readonly via: readonly string[]
  readonly isSuggested: boolean
}

/** Reads an `m.space.child` event; undefined where it takes the child away (no valid `via`). */
export function childLink(event: Pick<MatrixEvent, "content" | "state_key" | "origin_server_ts">): ChildLink | undefined {
  const via = member(event.content, "via")
  if (!Array.isArray(via) || event.state_key === undefined || !event.state_key.startsWith("!")) return undefined
  const servers = via.filter((server): server is string => typeof server === "string")
  if (servers.length === 0) return undefined
  return {
    id: event.state_key, via: servers, order: validOrder(member(event.content, "order")), timestamp: asNumber(event.origin_server_ts) ?? 0,
    isSuggested: member(event.content, "suggested") === true,
  }
}

/** An order between two others, undefined where there is no room for one. No bound: before, or after, everything. */
export function orderBetween(lower: string | undefined, upper: string | undefined): string | undefined {
  let prefix = ""
  let isAboveLower = lower === undefined
  let isBelowUpper = upper === undefined
  for (let index = 0; index < longest; index += 1) {
    // The end of a text sorts before every character.
    const low = isAboveLower ? first - 1 : lower !== undefined && index < lower.length ? lower.charCodeAt(index) : first - 1
    const high = isBelowUpper ? last + 1 : upper !== undefined && index < upper.length ? upper.charCodeAt(index) : first - 1
    if (high < low) return undefined
    if (high - low > 1) return prefix + String.fromCharCode((low + high) >> 1)
    if (high === low) {
      if (low < first) return undefined
      prefix += String.fromCharCode(low)
    } else if (low >= first) {
      prefix += String.fromCharCode(low)
      isBelowUpper = true
    } else {
      prefix += String.fromCharCode(high)
      isAboveLower = true
    }
  }
  return undefined
}

/** `count` orders in a row with room between them. */
export function evenOrders(count: number): string[] {
  const span = last - first + 1
  const step = (span * span) / (count + 1)
  return Array.from({ length: count }, (_, index) => {
    const value = Math.floor(step * (index + 1))
    return String.fromCharCode(first + Math.floor(value / span)) + String.fromCharCode(first + (value % span))
  })
}

/** Which orders to write so that the item at `from` comes to be at `to`: one where the neighbours allow it, else all of them. */
export function reorderPlan(items: readonly { readonly id: RoomID; readonly order: string | undefined }[], from: number, to: number): ReadonlyMap<RoomID, string> {
  const moved = items[from]
  if (moved === undefined || from === to || to < 0 || to >= items.length) return new Map()
  const next = items.filter((_, index) => index !== from)
  next.splice(to, 0, moved)
  if (next.slice(0, to).every((item) => item.order !== undefined)) {
    const order = orderBetween(next[to - 1]?.order, next[to + 1]?.order)
    if (order !== undefined) return new Map([[moved.id, order]])
  }
  const orders = evenOrders(next.length)
  return new Map(next.map((item, index) => [item.id, orders[index] ?? "~"]))
}
