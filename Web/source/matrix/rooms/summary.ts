import { asBoolean, asNumber, asObject, member } from "../base/read"
import type { UserID } from "../contract/events"
import type { Member, RoomSummary, Unread } from "../contract/room"
import type { TimelineEvent } from "../contract/timeline"
import type { MemberRecord, RoomRecord } from "../store/records"

/** What a summary is made of, besides the record. */
export interface SummaryFacts {
  readonly directUsers: readonly UserID[]
  readonly notifications: RoomSummary["notifications"]
  readonly lastMessage: TimelineEvent | undefined
  member(record: MemberRecord): Member
}

/** The room as lists show it. */
export function summarize(record: RoomRecord, facts: SummaryFacts): RoomSummary {
  const isDirect = facts.directUsers.length > 0 || (record.membership === "invite" && record.isInvitedDirect)
  return {
    id: record.id, membership: record.membership, type: record.type, name: record.name, heroes: record.heroes.map(facts.member), topic: record.topic,
    avatar: record.avatar, alias: record.alias, isEncrypted: record.encryption !== undefined, isDirect,
    directUsers: facts.directUsers.length === 0 && isDirect && record.inviter !== undefined ? [record.inviter] : facts.directUsers,
    joinedCount: record.joinedCount, invitedCount: record.invitedCount, unread: unread(record, facts.notifications === "mute"),
    isMuted: facts.notifications === "mute", notifications: facts.notifications, lastActivity: record.lastActivity, lastMessage: facts.lastMessage,
    tags: tags(record), successor: record.successor, inviter: record.inviter, joinRule: record.joinRule, version: record.version,
    predecessor: record.predecessor,
  }
}

function unread(record: RoomRecord, isMuted: boolean): Unread {
  const isMarked = asBoolean(record.accountData["m.marked_unread"]?.["unread"]) ?? asBoolean(record.accountData["com.famedly.marked_unread"]?.["unread"]) ?? false
  const highlights = Math.max(record.highlights, record.localHighlights.length)
  return {
    notifications: isMuted ? highlights : Math.max(record.notifications, highlights), highlights,
    isUnread: record.isUnread || isMarked, isMarked, threads: new Map(Object.entries(record.threads)),
  }
}

function tags(record: RoomRecord): ReadonlyMap<string, number | undefined> {
  const content = asObject(record.accountData["m.tag"]?.["tags"]) ?? {}
  return new Map(Object.entries(content).map(([tag, facts]) => [tag, asNumber(member(facts, "order"))]))
}
