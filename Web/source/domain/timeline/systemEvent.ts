import { asArray, asObject, asString, asStrings } from "../../matrix/base/read"
import type { RoomID, UserID } from "../../matrix/contract/events"
import type { TimelineEvent } from "../../matrix/contract/timeline"

/** What a state event says, for a line in the timeline. Texts are the interface's. */
export type SystemEvent =
  | { readonly kind: "membership"; readonly change: MembershipChange; readonly user: UserID; readonly by: UserID; readonly reason: string | undefined }
  | { readonly kind: "display-name"; readonly user: UserID; readonly before: string | undefined; readonly after: string | undefined }
  | { readonly kind: "member-avatar"; readonly user: UserID }
  | { readonly kind: "name"; readonly by: UserID; readonly name: string | undefined }
  | { readonly kind: "topic"; readonly by: UserID; readonly topic: string | undefined }
  | { readonly kind: "avatar"; readonly by: UserID }
  | { readonly kind: "pinned" | "unpinned"; readonly by: UserID; readonly count: number }
  | { readonly kind: "encryption" | "permissions" | "alias" | "server-acl" | "created"; readonly by: UserID }
  | { readonly kind: "join-rule"; readonly by: UserID; readonly rule: string }
  | { readonly kind: "history"; readonly by: UserID; readonly visibility: string }
  | { readonly kind: "upgraded"; readonly by: UserID; readonly successor: RoomID | undefined; readonly message: string | undefined }

export type MembershipChange =
  | "joined" | "left" | "invited" | "kicked" | "banned" | "unbanned" | "knocked" | "invite-declined" | "invite-withdrawn" | "knock-withdrawn" | "knock-denied"

/** What a state event says; undefined where it says nothing that people would want to read. */
export function systemEvent(event: TimelineEvent): SystemEvent | undefined {
  if (event.stateKey === undefined || event.redacted !== undefined) return undefined
  const by = event.sender
  const { content, previousContent } = event
  switch (event.type) {
    case "m.room.member":
      return memberEvent(event)
    case "m.room.create":
      return { kind: "created", by }
    case "m.room.name":
      return { kind: "name", by, name: nonempty(content["name"]) }
    case "m.room.topic":
      return { kind: "topic", by, topic: nonempty(content["topic"]) }
    case "m.room.avatar":
      return { kind: "avatar", by }
    case "m.room.encryption":
      return previousContent === undefined ? { kind: "encryption", by } : undefined
    case "m.room.power_levels":
      return previousContent === undefined ? undefined : { kind: "permissions", by }
    case "m.room.canonical_alias":
      return { kind: "alias", by }
    case "m.room.server_acl":
      return { kind: "server-acl", by }
    case "m.room.join_rules":
      return { kind: "join-rule", by, rule: asString(content["join_rule"]) ?? "" }
    case "m.room.history_visibility":
      return { kind: "history", by, visibility: asString(content["history_visibility"]) ?? "" }
    case "m.room.tombstone":
      return { kind: "upgraded", by, successor: asString(content["replacement_room"]), message: nonempty(content["body"]) }
    case "m.room.pinned_events": {
      const before = new Set(asStrings(asArray(previousContent?.["pinned"])))
      const after = asStrings(content["pinned"])
      const added = after.filter((id) => !before.has(id)).length
      if (added > 0) return { kind: "pinned", by, count: added }
      const removed = before.size - after.length
      return removed > 0 ? { kind: "unpinned", by, count: removed } : undefined
    }
    default:
      return undefined
  }
}

function memberEvent(event: TimelineEvent): SystemEvent | undefined {
  const user = event.stateKey ?? event.sender
  const after = asString(event.content["membership"])
  const before = asString(event.previousContent?.["membership"]) ?? "leave"
  const change = membershipChange(before, after, user === event.sender)
  if (change !== undefined) return { kind: "membership", change, user, by: event.sender, reason: nonempty(event.content["reason"]) }
  if (after !== "join" || before !== "join") return undefined
  const name = nonempty(event.content["displayname"])
  const oldName = nonempty(asObject(event.previousContent)?.["displayname"])
  if (name !== oldName) return { kind: "display-name", user, before: oldName, after: name }
  if (event.content["avatar_url"] !== event.previousContent?.["avatar_url"]) return { kind: "member-avatar", user }
  return undefined
}

function membershipChange(before: string, after: string | undefined, isSelf: boolean): MembershipChange | undefined {
  switch (after) {
    case "join":
      return before === "join" ? undefined : "joined"
    case "invite":
      return before === "invite" ? undefined : "invited"
    case "knock":
      return before === "knock" ? undefined : "knocked"
    case "ban":
      return before === "ban" ? undefined : "banned"
    case "leave":
      if (before === "ban") return "unbanned"
      if (before === "invite") return isSelf ? "invite-declined" : "invite-withdrawn"
      if (before === "knock") return isSelf ? "knock-withdrawn" : "knock-denied"
      return before === "leave" && isSelf ? undefined : isSelf ? "left" : "kicked"
    default:
      return undefined
  }
}

function nonempty(value: unknown): string | undefined {
  const text = asString(value)?.trim()
  return text === undefined || text === "" ? undefined : text
}
