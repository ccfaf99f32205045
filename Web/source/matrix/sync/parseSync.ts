import { asArray, asNumber, asObject, asString, asStrings, asBoolean, member } from "../base/read"
import type { JSONObject } from "../base/read"
import type { Membership } from "../contract/room"
import { readCounts, readEvents, readPlainEvents, readReceipts, readStripped } from "./readEvents"
import { emptyRoomUpdate } from "./SyncUpdate"
import type { ReceiptUpdate, RoomUpdate, SyncUpdate } from "./SyncUpdate"

/** An answer of `GET /sync`. `isFirst`: it was asked without a token, so that nothing in it is news. */
export function parseSync(body: JSONObject, isFirst: boolean): SyncUpdate {
  const rooms: RoomUpdate[] = []
  const section = (name: string) => Object.entries(asObject(member(body, "rooms", name)) ?? {})
  for (const [id, room] of section("join")) rooms.push(present(id, asObject(room) ?? {}, "join", isFirst))
  for (const [id, room] of section("leave")) rooms.push(present(id, asObject(room) ?? {}, "leave", isFirst))
  for (const [id, room] of section("invite")) rooms.push(stripped(id, room, "invite", "invite_state"))
  for (const [id, room] of section("knock")) rooms.push(stripped(id, room, "knock", "knock_state"))
  return {
    rooms,
    accountData: readPlainEvents(member(body, "account_data", "events")),
    presence: readPlainEvents(member(body, "presence", "events")).flatMap(({ sender, content }) => (sender === undefined ? [] : [{ userId: sender, content }])),
    toDevice: asArray(member(body, "to_device", "events")).flatMap<JSONObject>((event) => asObject(event) ?? []),
    deviceListsChanged: asStrings(member(body, "device_lists", "changed")),
    deviceListsLeft: asStrings(member(body, "device_lists", "left")),
    oneTimeKeyCounts: readCounts(body["device_one_time_keys_count"]),
    unusedFallbackKeys: Array.isArray(body["device_unused_fallback_key_types"]) ? asStrings(body["device_unused_fallback_key_types"]) : undefined,
  }
}

function present(id: string, room: JSONObject, membership: Membership, isFirst: boolean): RoomUpdate {
  const timeline = readEvents(member(room, "timeline", "events"))
  const ephemeral = readPlainEvents(member(room, "ephemeral", "events"))
  const receipts: ReceiptUpdate[] = []
  let typing: string[] | undefined
  for (const { type, content } of ephemeral) {
    if (type === "m.receipt") receipts.push(...readReceipts(content))
    if (type === "m.typing") typing = asStrings(content["user_ids"])
  }
  const heroes = member(room, "summary", "m.heroes")
  const threads: { [root: string]: { notifications: number; highlights: number } } = {}
  for (const [root, counts] of Object.entries(asObject(room["unread_thread_notifications"]) ?? {})) {
    threads[root] = { notifications: asNumber(member(counts, "notification_count")) ?? 0, highlights: asNumber(member(counts, "highlight_count")) ?? 0 }
  }
  return {
    ...emptyRoomUpdate(id), membership, timeline, receipts, typing,
    // The state before the timeline; what the timeline changes comes after it.
    state: [...readEvents(member(room, "state", "events")), ...timeline.filter((event) => event.state_key !== undefined)],
    isLimited: asBoolean(member(room, "timeline", "limited")) ?? false,
    previousBatch: asString(member(room, "timeline", "prev_batch")),
    liveCount: isFirst ? 0 : timeline.length,
    heroes: Array.isArray(heroes) ? asStrings(heroes).map((userId) => ({ userId, displayName: undefined, avatar: undefined })) : undefined,
    joinedCount: asNumber(member(room, "summary", "m.joined_member_count")),
    invitedCount: asNumber(member(room, "summary", "m.invited_member_count")),
    notifications: asNumber(member(room, "unread_notifications", "notification_count")),
    highlights: asNumber(member(room, "unread_notifications", "highlight_count")),
    threads: room["unread_thread_notifications"] === undefined ? undefined : threads,
    accountData: readPlainEvents(member(room, "account_data", "events")),
  }
}

function stripped(id: string, room: unknown, membership: Membership, name: string): RoomUpdate {
  return { ...emptyRoomUpdate(id), membership, isInitial: true, strippedState: readStripped(member(room, name, "events")) }
}
