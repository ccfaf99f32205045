import { asBoolean, asObject, asString, asStrings, member } from "../base/read"
import type { EventID, MatrixEvent, RoomID, UserID } from "../contract/events"
import type { RoomUpdate } from "../sync/SyncUpdate"
import { readMembership } from "../sync/readEvents"
import type { MemberRecord, RoomRecord } from "./records"

/** A room of which nothing is known yet. */
export function newRoomRecord(id: RoomID): RoomRecord {
  return {
    id, membership: "join", type: undefined, name: undefined, topic: undefined, avatar: undefined, alias: undefined, joinRule: undefined, version: undefined,
    creators: [], predecessor: undefined, successor: undefined, encryption: undefined, inviter: undefined, invitedBy: undefined, isInvitedDirect: false, heroes: [],
    joinedCount: 0, invitedCount: 0, notifications: 0, highlights: 0, threads: {}, localHighlights: [], isUnread: false, lastActivity: 0,
    lastEvent: undefined, newest: undefined, ownReceipt: undefined, accountData: {}, areMembersComplete: false, isStateComplete: false, liveSegment: 0,
  }
}

/** The member that an `m.room.member` event tells of. */
export function memberOf(room: RoomID, event: MatrixEvent): MemberRecord | undefined {
  if (event.type !== "m.room.member" || event.state_key === undefined) return undefined
  return {
    room, userId: event.state_key, membership: readMembership(event.content["membership"]) ?? "leave",
    displayName: asString(event.content["displayname"]), avatar: asString(event.content["avatar_url"]), reason: asString(event.content["reason"]),
  }
}

/** What the update's state makes of the record. */
export function withState(record: RoomRecord, events: readonly MatrixEvent[], me: UserID): RoomRecord {
  const next: { -readonly [K in keyof RoomRecord]: RoomRecord[K] } = { ...record }
  for (const { type, state_key: key, content, sender, origin_server_ts } of events) {
    if (type === "m.room.member" && key === me) {
      const isInvite = content["membership"] === "invite"
      if (content["membership"] === "join" && next.inviter !== undefined) next.invitedBy = { userId: next.inviter, joinedAt: origin_server_ts }
      next.inviter = isInvite ? sender : undefined
      if (isInvite) next.isInvitedDirect = asBoolean(content["is_direct"]) ?? false
      continue
    }
    if (key !== "") continue
    switch (type) {
      case "m.room.create": {
        next.type = asString(content["type"])
        next.version = asString(content["room_version"]) ?? "1"
        next.predecessor = asString(member(content, "predecessor", "room_id"))
        next.creators = [sender, ...asStrings(content["additional_creators"])]
        break
      }
      case "m.room.name": next.name = asString(content["name"])?.trim() || undefined; break
      case "m.room.topic": next.topic = asString(content["topic"]) || undefined; break
      case "m.room.avatar": next.avatar = asString(content["url"]) || undefined; break
      case "m.room.canonical_alias": next.alias = asString(content["alias"]) || undefined; break
      case "m.room.join_rules": next.joinRule = asString(content["join_rule"]); break
      case "m.room.tombstone": next.successor = asString(content["replacement_room"]); break
      // Encryption is never turned off, whatever a later event says.
      case "m.room.encryption": if (asString(content["algorithm"]) !== undefined) next.encryption = content; break
      default: break
    }
  }
  return next
}

/** What the update's plain facts make of the record. */
export function withFacts(record: RoomRecord, update: RoomUpdate, members: ReadonlyMap<UserID, MemberRecord>): RoomRecord {
  const accountData = update.accountData.length === 0
    ? record.accountData
    : { ...record.accountData, ...Object.fromEntries(update.accountData.map(({ type, content }) => [type, content])) }
  const known = new Map(record.heroes.map((hero) => [hero.userId, hero]))
  let heroes = update.heroes?.map((hero): MemberRecord => {
    const found = members.get(hero.userId) ?? known.get(hero.userId)
    return found ?? { room: record.id, userId: hero.userId, membership: "join", displayName: hero.displayName, avatar: hero.avatar, reason: undefined }
  }) ?? record.heroes
  if (heroes.some((hero) => members.has(hero.userId))) heroes = heroes.map((hero) => members.get(hero.userId) ?? hero)
  return {
    ...record, accountData, heroes,
    membership: update.membership ?? record.membership,
    joinedCount: update.joinedCount ?? record.joinedCount,
    invitedCount: update.invitedCount ?? record.invitedCount,
    notifications: update.notifications ?? record.notifications,
    highlights: update.highlights ?? record.highlights,
    threads: update.threads ?? record.threads,
  }
}

const countingTypes = new Set(["m.room.message", "m.room.encrypted", "m.sticker", "m.poll.start", "org.matrix.msc3381.poll.start"])

/** Whether an event makes a room unread: a message of the main timeline that is no edit. */
export function counts(event: MatrixEvent): boolean {
  if (!countingTypes.has(event.type) || event.state_key !== undefined || event.unsigned?.["redacted_because"] !== undefined) return false
  const relation = asObject(event.content["m.relates_to"])
  return relation?.["rel_type"] !== "m.replace" && relation?.["rel_type"] !== "m.thread"
}

/** What new events make of the record. */
export function withEvents(record: RoomRecord, events: readonly MatrixEvent[], redacted: ReadonlySet<EventID>): RoomRecord {
  let { lastActivity, lastEvent } = record
  for (const event of events) {
    const isMessage = countingTypes.has(event.type)
    if (isMessage || lastActivity === 0) lastActivity = Math.max(lastActivity, event.origin_server_ts)
    if (counts(event)) lastEvent = event
  }
  if (lastEvent !== undefined && redacted.has(lastEvent.event_id)) lastEvent = { ...lastEvent, content: {}, unsigned: { redacted_because: {} } }
  return { ...record, lastActivity, lastEvent, newest: events[events.length - 1]?.event_id ?? record.newest }
}
