import type { Observable } from "../../matrix/base/observable"
import type { JSONObject } from "../../matrix/base/read"
import type { MatrixEvent, RoomID } from "../../matrix/contract/events"
import type { RoomSummary } from "../../matrix/contract/room"

/** The part of a session that lists of rooms are made of. */
export interface RoomSource {
  readonly rooms: Observable<readonly RoomSummary[]>
  room(id: RoomID): SpaceSource | undefined
}

/** The part of a room that makes it a server. */
export interface SpaceSource {
  loadState(): Promise<void>
  stateOf(type: string): Observable<ReadonlyMap<string, MatrixEvent>>
  state(type: string, key?: string): Observable<JSONObject | undefined>
  accountData(type: string): Observable<JSONObject | undefined>
}
