import { asArray, asNumber, asString, asStrings, member } from "../base/read"
import type { JSONObject } from "../base/read"
import type { MatrixEvent, RoomID } from "../contract/events"
import type { API, SearchQuery } from "../contract/session"
import { readEvent } from "../sync/readEvents"

/** One page of what the server found. */
export interface ServerHits { readonly events: readonly { readonly room: RoomID; readonly event: MatrixEvent }[]; readonly count: number | undefined; readonly next: string | undefined; readonly highlights: readonly string[] }

/** Searches on the server, which can read rooms that are not encrypted. */
export async function searchServer(api: API, query: SearchQuery, from: string | undefined): Promise<ServerHits> {
  const filter: JSONObject = { limit: 30 }
  if (query.rooms !== undefined) filter["rooms"] = [...query.rooms]
  if (query.senders !== undefined) filter["senders"] = [...query.senders]
  if (query.has === "link" || query.has === "file" || query.has === "image") filter["types"] = ["m.room.message"]
  if (query.has === "file" || query.has === "image") filter["contains_url"] = true
  const events = { search_term: query.text, order_by: query.order ?? "recent", keys: ["content.body"], filter }
  const answer = await api.post("/_matrix/client/v3/search", { search_categories: { room_events: events } }, { next_batch: from })
  const found = member(answer, "search_categories", "room_events")
  const hits = asArray(member(found, "results")).flatMap((hit) => {
    const event = readEvent(member(hit, "result"))
    return event?.room_id === undefined || !fits(query, event) ? [] : [{ room: event.room_id, event }]
  })
  return { events: hits, count: asNumber(member(found, "count")), next: asString(member(found, "next_batch")), highlights: asStrings(member(found, "highlights")) }
}

/** Conditions that the server does not know. */
export function fits(query: SearchQuery, event: Pick<MatrixEvent, "content" | "origin_server_ts" | "sender">): boolean {
  if (query.after !== undefined && event.origin_server_ts < query.after) return false
  if (query.before !== undefined && event.origin_server_ts > query.before) return false
  if (query.senders !== undefined && query.senders.length > 0 && !query.senders.includes(event.sender)) return false
  const type = event.content["msgtype"]
  switch (query.has) {
    case "image": return type === "m.image"
    case "file": return type === "m.file" || type === "m.image" || type === "m.video" || type === "m.audio"
    case "link": return /https?:\/\//.test(asString(event.content["body"]) ?? "")
    default: return true
  }
}
