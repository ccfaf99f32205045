import { asNumber, asObject, asString, member } from "../base/read"
import type { JSONValue } from "../base/read"
import type { MatrixEvent, RoomID } from "../contract/events"
import { MatrixError } from "../contract/session"
import type { SearchHit, SearchPage, SearchQuery } from "../contract/session"
import type { Clear } from "../rooms/Clear"
import { SearchIndex } from "../store/SearchIndex"
import { searchTokens } from "../store/searchTokens"
import type { ClientSession } from "./ClientSession"
import { fits, searchServer } from "./serverSearch"

const pageSize = 30

/** Where a search over both sources stands. */
interface Place { readonly server: string | undefined; readonly isServerOver: boolean; readonly local: number | undefined }

/** Search in all rooms: on the server where it can read them, in the index of this device where only it can. */
export class MessageSearcher {
  readonly index: SearchIndex

  constructor(private readonly session: ClientSession) {
    this.index = new SearchIndex(session.platform, (stores, mode, work) => session.transaction(stores, mode, work))
  }

  /** An encrypted message became readable. */
  learn(room: RoomID, event: MatrixEvent, clear: Clear) {
    if (clear.encryption.kind !== "decrypted") return
    const isEdit = member(clear.content, "m.relates_to", "rel_type") === "m.replace" || member(event.content, "m.relates_to", "rel_type") === "m.replace"
    const target = isEdit ? asString(member(clear.content, "m.relates_to", "event_id")) ?? asString(member(event.content, "m.relates_to", "event_id")) : event.event_id
    const content = isEdit ? asObject(clear.content["m.new_content"]) : clear.content
    const body = asString(content?.["body"])
    if (target === undefined || body === undefined || clear.type !== "m.room.message") return
    this.index.add({ id: target, room, sender: event.sender, timestamp: event.origin_server_ts, text: body, kind: asString(content?.["msgtype"]) ?? "" })
  }

  /** An event was deleted. */
  forget(room: RoomID, id: string) {
    this.index.add({ id, room, sender: "", timestamp: this.session.platform.clock.now(), text: "", kind: "", isGone: true })
  }

  async search(query: SearchQuery): Promise<SearchPage> {
    const place = readPlace(query.next)
    const isEncrypted = (room: RoomID) => this.session.model(room)?.record.encryption !== undefined
    const plainRooms = query.rooms?.filter((room) => !isEncrypted(room))
    const asksServer = !place.isServerOver && plainRooms?.length !== 0
    const asksIndex = place.local !== undefined && query.rooms?.some(isEncrypted) !== false
    const [remote, local] = await Promise.all([
      asksServer ? this.remote({ ...query, ...(plainRooms && { rooms: plainRooms }) }, place.server) : undefined,
      asksIndex ? this.local(query, place.local ?? 0) : undefined,
    ])
    const hits = [...(remote?.hits ?? []), ...(local?.hits ?? [])]
    if ((query.order ?? "recent") === "recent") hits.sort((a, b) => b.event.timestamp - a.event.timestamp)
    const next: Place = { server: remote?.next, isServerOver: remote?.next === undefined, local: local?.next }
    return {
      hits, count: remote?.count === undefined && local === undefined ? undefined : (remote?.count ?? 0) + (local?.count ?? 0),
      next: next.isServerOver && next.local === undefined ? undefined : JSON.stringify(next),
      highlights: [...new Set([...(remote?.highlights ?? []), ...(local === undefined ? [] : searchTokens(query.text))])],
    }
  }

  private async remote(query: SearchQuery, from: string | undefined) {
    const found = await searchServer(this.session.api, query, from)
    const hits = found.events.flatMap(({ room, event }): SearchHit[] => {
      const model = this.session.model(room)
      return model === undefined ? [] : [{ room, event: model.viewOf(event, { type: event.type, content: event.content, encryption: { kind: "none" } }, false) }]
    })
    return { ...found, hits }
  }

  private async local(query: SearchQuery, from: number) {
    const found = (await this.index.find(query.text)).filter(({ document }) => {
      if (query.rooms !== undefined && !query.rooms.includes(document.room)) return false
      return this.session.model(document.room)?.record.membership === "join"
        && fits(query, { sender: document.sender, origin_server_ts: document.timestamp, content: { msgtype: document.kind, body: document.text } })
    })
    found.sort((a, b) => (query.order === "rank" ? b.rank - a.rank : 0) || b.document.timestamp - a.document.timestamp)
    const page = found.slice(from, from + pageSize)
    const hits = await Promise.all(page.map(async ({ document }): Promise<SearchHit[]> => {
      try {
        const event = await this.session.model(document.room)?.eventView(document.id)
        return event === undefined || event.redacted !== undefined ? [] : [{ room: document.room, event }]
      } catch (error) {
        if (error instanceof MatrixError) return []
        throw error
      }
    }))
    const next = from + page.length
    return { hits: hits.flat(), count: found.length, next: next < found.length ? next : undefined }
  }
}

function readPlace(text: string | undefined): Place {
  if (text === undefined) return { server: undefined, isServerOver: false, local: 0 }
  let value: JSONValue = null
  try {
    value = JSON.parse(text) as JSONValue
  } catch {
    // Not one of ours: nothing more is to be had.
  }
  return { server: asString(member(value, "server")), isServerOver: member(value, "isServerOver") !== false, local: asNumber(member(value, "local")) }
}
