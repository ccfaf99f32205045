import { asArray, asBoolean, asNumber, asObject, asString, asStrings, member } from "../base/read"
import type { JSONObject, JSONValue } from "../base/read"
import type { UserID } from "../contract/events"
import type { Membership } from "../contract/room"
import { readCounts, readEvents, readMembership, readPlainEvents, readReceipts, readStripped } from "./readEvents"
import { emptyRoomUpdate } from "./SyncUpdate"
import type { Hero, RoomUpdate, SyncUpdate } from "./SyncUpdate"

/** What an answer of sliding sync brings, and where the connection then stands. */
export interface SlidingAnswer {
  readonly position: string
  readonly toDeviceSince: string | undefined
  /** How many rooms the list has in all. */
  readonly count: number | undefined
  readonly update: SyncUpdate
}

/** An answer of simplified sliding sync (MSC4186); undefined where it lacks its position. */
export function parseSliding(body: JSONObject, list: string, me: UserID): SlidingAnswer | undefined {
  const position = asString(body["pos"])
  if (position === undefined) return undefined
  const extensions = asObject(body["extensions"]) ?? {}
  const rooms = new Map<string, RoomUpdate>()
  for (const [id, room] of Object.entries(asObject(body["rooms"]) ?? {})) rooms.set(id, roomUpdate(id, asObject(room) ?? {}, me))
  const change = (id: string, facts: Partial<RoomUpdate>) => rooms.set(id, { ...(rooms.get(id) ?? emptyRoomUpdate(id)), ...facts })

  for (const [id, event] of Object.entries(asObject(member(extensions, "receipts", "rooms")) ?? {})) {
    change(id, { receipts: readReceipts(asObject(member(event, "content")) ?? {}) })
  }
  for (const [id, event] of Object.entries(asObject(member(extensions, "typing", "rooms")) ?? {})) {
    change(id, { typing: asStrings(member(event, "content", "user_ids")) })
  }
  for (const [id, events] of Object.entries(asObject(member(extensions, "account_data", "rooms")) ?? {})) {
    change(id, { accountData: readPlainEvents(events) })
  }
  const fallback = member(extensions, "e2ee", "device_unused_fallback_key_types")
  return {
    position,
    toDeviceSince: asString(member(extensions, "to_device", "next_batch")),
    count: asNumber(member(body, "lists", list, "count")),
    update: {
      rooms: [...rooms.values()],
      accountData: readPlainEvents(member(extensions, "account_data", "global")),
      presence: [],
      toDevice: asArray(member(extensions, "to_device", "events")).flatMap<JSONObject>((event) => asObject(event) ?? []),
      deviceListsChanged: asStrings(member(extensions, "e2ee", "device_lists", "changed")),
      deviceListsLeft: asStrings(member(extensions, "e2ee", "device_lists", "left")),
      oneTimeKeyCounts: readCounts(member(extensions, "e2ee", "device_one_time_keys_count")),
      unusedFallbackKeys: Array.isArray(fallback) ? asStrings(fallback) : undefined,
    },
  }
}

function roomUpdate(id: string, room: JSONObject, me: UserID): RoomUpdate {
  const stripped = room["invite_state"] ?? room["stripped_state"]
  const timeline = readEvents(room["timeline"])
  // The state now; types that were not asked for come with the timeline only.
  const state = [...timeline.filter((event) => event.state_key !== undefined), ...readEvents(room["required_state"])]
  const isInitial = asBoolean(room["initial"]) ?? false
  const isExpanded = asBoolean(room["unstable_expanded_timeline"]) ?? asBoolean(room["expanded_timeline"]) ?? false
  const heroes = room["heroes"]
  const strippedState = Array.isArray(stripped) ? readStripped(stripped) : undefined
  const own = [...(strippedState ?? []), ...state].filter((event) => event.type === "m.room.member" && event.state_key === me)
  let membership: Membership | undefined = readMembership(room["membership"])
  if (membership === undefined) membership = readMembership(own[own.length - 1]?.content["membership"]) ?? (strippedState === undefined ? (isInitial ? "join" : undefined) : "invite")
  return {
    ...emptyRoomUpdate(id), membership, isInitial, state, strippedState, timeline,
    isLimited: isInitial || isExpanded || (asBoolean(room["limited"]) ?? false),
    previousBatch: asString(room["prev_batch"]),
    liveCount: asNumber(room["num_live"]) ?? (isInitial ? 0 : timeline.length),
    heroes: Array.isArray(heroes) ? heroes.flatMap(readHero) : undefined,
    joinedCount: asNumber(room["joined_count"]),
    invitedCount: asNumber(room["invited_count"]),
    notifications: asNumber(room["notification_count"]),
    highlights: asNumber(room["highlight_count"]),
  }
}

function readHero(value: JSONValue): Hero[] {
  const userId = asString(member(value, "user_id"))
  const displayName = asString(member(value, "displayname")) ?? asString(member(value, "name"))
  return userId === undefined ? [] : [{ userId, displayName, avatar: asString(member(value, "avatar_url")) ?? asString(member(value, "avatar")) }]
}
