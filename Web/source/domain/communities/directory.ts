import { asArray, asNumber, asObject, asString } from "../../matrix/base/read"
import type { API } from "../../matrix/contract/session"

/** A room as the public directory lists it. */
export interface DirectoryRoom {
  readonly id: string
  readonly name: string | undefined
  readonly topic: string | undefined
  readonly avatar: string | undefined
  readonly alias: string | undefined
  readonly isSpace: boolean
  readonly joinRule: string
  readonly memberCount: number
}

const pageSize = 30

/** A page of the public directory of this server, or of another one by name. */
export async function readDirectory(
  api: API, query: { text: string; server: string; kind: "spaces" | "rooms"; from?: string }, signal?: AbortSignal,
): Promise<{ rooms: readonly DirectoryRoom[]; next: string | undefined }> {
  const text = query.text.trim()
  const answer = await api.post("/_matrix/client/v3/publicRooms", {
    limit: pageSize, ...(query.from === undefined ? {} : { since: query.from }),
    filter: { ...(text === "" ? {} : { generic_search_term: text }), room_types: query.kind === "spaces" ? ["m.space"] : [null] },
  }, query.server.trim() === "" ? {} : { server: query.server.trim() }, signal)
  const rooms = asArray(answer.chunk).flatMap((value): DirectoryRoom[] => {
    const entry = asObject(value)
    const id = asString(entry?.room_id)
    if (entry === undefined || id === undefined) return []
    return [{
      id, name: asString(entry.name), topic: asString(entry.topic), avatar: asString(entry.avatar_url), alias: asString(entry.canonical_alias),
      isSpace: entry.room_type === "m.space", joinRule: asString(entry.join_rule) ?? "public", memberCount: asNumber(entry.num_joined_members) ?? 0,
    }]
  })
  return { rooms, next: asString(answer.next_batch) }
}
