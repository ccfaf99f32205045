import { asArray, asNumber, asObject, asString } from "../base/read"
import type { JSONObject, JSONValue } from "../base/read"
import type { MatrixEvent } from "../contract/events"
import type { Membership } from "../contract/room"
import type { ReceiptUpdate } from "./SyncUpdate"

/** The value as an event, or undefined where it lacks what each event has. */
export function readEvent(value: unknown): MatrixEvent | undefined {
  const event = asObject(value)
  const id = asString(event?.["event_id"])
  const type = asString(event?.["type"])
  const sender = asString(event?.["sender"])
  if (event === undefined || id === undefined || type === undefined || sender === undefined) return undefined
  const stateKey = asString(event["state_key"])
  const redacts = asString(event["redacts"])
  const unsigned = asObject(event["unsigned"])
  const room = asString(event["room_id"])
  return {
    event_id: id, type, sender, origin_server_ts: asNumber(event["origin_server_ts"]) ?? 0, content: asObject(event["content"]) ?? {},
    ...(stateKey !== undefined && { state_key: stateKey }), ...(redacts !== undefined && { redacts }),
    ...(unsigned !== undefined && { unsigned }), ...(room !== undefined && { room_id: room }),
  }
}

/** The events of a list; what is no event is left out. */
export function readEvents(value: unknown): MatrixEvent[] {
  return asArray(value).flatMap((one) => readEvent(one) ?? [])
}

/** State of a room that one is not in: without IDs and times, which are made up. */
export function readStripped(value: unknown): MatrixEvent[] {
  return asArray(value).flatMap((one, index) => {
    const event = asObject(one)
    if (event === undefined) return []
    return readEvent({ event_id: `$stripped-${index}`, origin_server_ts: 0, ...event }) ?? []
  })
}

/** Account data, presence and the like: events with only a type and content. */
export function readPlainEvents(value: unknown): { type: string; content: JSONObject; sender: string | undefined }[] {
  return asArray(value).flatMap((one) => {
    const event = asObject(one)
    const type = asString(event?.["type"])
    const content = asObject(event?.["content"])
    return type === undefined || content === undefined ? [] : [{ type, content, sender: asString(event?.["sender"]) }]
  })
}

/** The content of `m.receipt` as a list. */
export function readReceipts(content: JSONObject): ReceiptUpdate[] {
  const found: ReceiptUpdate[] = []
  for (const [eventId, kinds] of Object.entries(content)) {
    for (const [kind, users] of Object.entries(asObject(kinds) ?? {})) {
      if (kind !== "m.read" && kind !== "m.read.private") continue
      for (const [userId, data] of Object.entries(asObject(users) ?? {})) {
        const facts = asObject(data)
        found.push({
          userId, eventId, timestamp: asNumber(facts?.["ts"]) ?? 0, isPrivate: kind === "m.read.private", thread: asString(facts?.["thread_id"]),
        })
      }
    }
  }
  return found
}

/** A membership, or undefined for anything else. */
export function readMembership(value: JSONValue | undefined): Membership | undefined {
  return value === "join" || value === "invite" || value === "knock" || value === "leave" || value === "ban" ? value : undefined
}

/** Numbers by name. */
export function readCounts(value: unknown): { [name: string]: number } | undefined {
  const object = asObject(value)
  if (object === undefined) return undefined
  const counts: { [name: string]: number } = {}
  for (const [name, count] of Object.entries(object)) {
    const number = asNumber(count)
    if (number !== undefined) counts[name] = number
  }
  return counts
}
