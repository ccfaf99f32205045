import { MartletType } from "../../matrix/contract/events"
import type { Room } from "../../matrix/contract/room"
import type { Session } from "../../matrix/contract/session"
import { readCategories, writeCategories } from "./categories"
import { putState, serverOf } from "./createCommunity"

/** State that servers do not carry over to the room that takes the place of another, but people miss. */
const carried = [MartletType.roles, MartletType.roleOverrides, MartletType.welcome, MartletType.categories, "m.room.pinned_events", "m.space.parent"] as const
const carriedWithKeys = ["m.room.image_pack", "im.ponies.room_emotes", MartletType.memberRoles, "m.space.child"] as const

/**
 * Moves a room to another version without losing anyone: the server carries over settings, levels and aliases; this carries over packs, roles and places in
 * servers, and invites whoever could not follow by themselves.
 */
export async function upgradeRoom(session: Session, room: Room, version: string, spaces: readonly Room[]): Promise<string> {
  await room.loadState()
  await room.loadMembers()
  const members = room.members.get().filter((member) => member.userId !== session.userId && (member.membership === "join" || member.membership === "invite"))
  const next = await room.upgrade(version)
  for (const type of carried) {
    for (const [key, event] of room.stateOf(type).get()) await carry(session, next, type, key, event.content)
  }
  for (const type of carriedWithKeys) {
    for (const [key, event] of room.stateOf(type).get()) if (Object.keys(event.content).length > 0) await carry(session, next, type, key, event.content)
  }
  for (const space of spaces) await replaceChild(session, space, room.id, next)
  // Who may come in by a rule of the room follows the tombstone; the others need a word.
  const rule = room.state("m.room.join_rules").get()?.join_rule
  if (rule !== "public" && rule !== "restricted" && rule !== "knock_restricted") {
    for (const member of members) await session.api.post(`/_matrix/client/v3/rooms/${encodeURIComponent(next)}/invite`, { user_id: member.userId }).catch(() => undefined)
  }
  return next
}

async function carry(session: Session, room: string, type: string, key: string, content: Parameters<typeof putState>[3]): Promise<void> {
  // One event that is refused, such as one above the new levels, must not lose the others.
  await putState(session.api, room, type, content, key).catch(() => undefined)
}

async function replaceChild(session: Session, space: Room, before: string, after: string): Promise<void> {
  const child = space.state("m.space.child", before).get()
  if (child === undefined || !space.permissions.get().canSendState("m.space.child")) return
  await space.setState("m.space.child", after, { ...child, via: [serverOf(session.userId)] })
  await space.setState("m.space.child", before, {})
  const categories = readCategories(space.state(MartletType.categories).get())
  if (categories.some((category) => category.channels.includes(before))) {
    await space.setState(MartletType.categories, "", writeCategories(categories.map((category) => ({ ...category, channels: category.channels.map((id) => (id === before ? after : id)) }))))
  }
}
