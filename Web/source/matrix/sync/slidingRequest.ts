import type { JSONObject, JSONValue } from "../base/read"
import type { RoomID } from "../contract/events"

/** The name of the one list: all rooms. */
export const allRooms = "all"

/** State that lists, servers and permissions are made of; for every room from the start. */
const listState: readonly (readonly [string, string])[] = [
  ["m.room.create", ""], ["m.room.name", ""], ["m.room.avatar", ""], ["m.room.topic", ""], ["m.room.canonical_alias", ""], ["m.room.encryption", ""],
  ["m.room.join_rules", ""], ["m.room.history_visibility", ""], ["m.room.tombstone", ""], ["m.room.power_levels", ""], ["m.room.pinned_events", ""],
  ["m.space.child", "*"], ["m.space.parent", "*"], ["m.room.image_pack", "*"], ["im.ponies.room_emotes", "*"],
  ["chat.martlet.roles", ""], ["chat.martlet.member_roles", "*"], ["chat.martlet.role_overrides", ""], ["chat.martlet.welcome", ""],
  ["chat.martlet.categories", ""], ["org.matrix.msc3401.call.member", "*"], ["m.rtc.member", "*"], ["m.room.member", "$ME"], ["m.room.member", "$LAZY"],
]

/** How much of a room is wanted: its list entry, all of its state, or also its timeline. */
export type Interest = "state" | "timeline"

const subscribedTimeline = 40

/** The body of a request of simplified sliding sync. `end`: the last place of the list that is wanted. */
export function slidingRequest(end: number, interests: ReadonlyMap<RoomID, Interest>, toDeviceSince: string | undefined): JSONObject {
  const subscriptions: JSONObject = {}
  for (const [room, interest] of interests) {
    subscriptions[room] = {
      timeline_limit: interest === "timeline" ? subscribedTimeline : 1,
      required_state: [["*", "*"], ["m.room.member", "$ME"], ["m.room.member", "$LAZY"]],
    }
  }
  const toDevice: JSONObject = { enabled: true, limit: 100 }
  if (toDeviceSince !== undefined) toDevice["since"] = toDeviceSince
  return {
    lists: { [allRooms]: { ranges: [[0, end]], timeline_limit: 1, required_state: listState as unknown as JSONValue } },
    room_subscriptions: subscriptions,
    extensions: {
      to_device: toDevice, e2ee: { enabled: true }, account_data: { enabled: true }, receipts: { enabled: true }, typing: { enabled: true },
    },
  }
}
