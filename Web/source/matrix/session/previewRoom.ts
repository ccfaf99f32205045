import { path } from "../base/path"
import { asBoolean, asNumber, asString } from "../base/read"
import type { API, RoomPreview } from "../contract/session"
import { MatrixError } from "../contract/session"
import { serverNameOf } from "../base/identifiers"

/** What the server tells of a room that one is not in (MSC3266, in the specification since v1.15). */
export async function previewRoom(api: API, idOrAlias: string, via: readonly string[]): Promise<RoomPreview> {
  const servers = via.length > 0 || !idOrAlias.startsWith("!") ? via : [serverNameOf(idOrAlias)].filter((server) => server !== "")
  const ask = (place: string) => api.get(place, { via: servers })
  let answer
  try {
    answer = await ask(path`/_matrix/client/v1/room_summary/${idOrAlias}`)
  } catch (error) {
    if (!(error instanceof MatrixError) || error.code !== "M_UNRECOGNIZED") throw error
    answer = await ask(path`/_matrix/client/unstable/im.nheko.summary/summary/${idOrAlias}`)
  }
  const id = asString(answer["room_id"])
  if (id === undefined) throw new MatrixError("M_NOT_FOUND", "There is no such room.", 404)
  return {
    id, name: asString(answer["name"]), topic: asString(answer["topic"]), avatar: asString(answer["avatar_url"]), alias: asString(answer["canonical_alias"]),
    type: asString(answer["room_type"]), joinRule: asString(answer["join_rule"]) ?? "invite", memberCount: asNumber(answer["num_joined_members"]) ?? 0,
    isWorldReadable: asBoolean(answer["world_readable"]) ?? false,
    isEncrypted: asString(answer["encryption"]) !== undefined || asString(answer["im.nheko.summary.encryption"]) !== undefined,
    membership: asString(answer["membership"]), via: servers,
  }
}
