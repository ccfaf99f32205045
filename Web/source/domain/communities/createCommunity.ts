import type { JSONObject, JSONValue } from "../../matrix/base/read"
import { MartletType } from "../../matrix/contract/events"
import type { API, Session } from "../../matrix/contract/session"
import { compilePowerLevels } from "../roles/compile"
import { defaultLevels } from "../roles/Permission"
import { writeRoles, type RoleTable } from "../roles/Role"
import { orderAt, writeCategories, type Category } from "./categories"
import type { ChannelKind, CommunityTemplate } from "./templates"
import { writeWelcome, type Welcome } from "./welcome"

export const voiceRoomType = "org.matrix.msc3417.call"
/** The level that channels for announcements ask of whom writes in them. */
export const announcementLevel = 50

export interface NewCommunity {
  readonly name: string
  readonly topic?: string
  readonly avatar?: string
  readonly isPublic: boolean
  /** A local alias without sigil and server, for public communities. */
  readonly alias?: string
  readonly template: CommunityTemplate
  /** Turns a text's name into the text in the founder's language. */
  readonly text: (key: string) => string
  readonly welcome?: Welcome
}

export interface NewChannel {
  readonly name: string
  readonly topic?: string
  readonly kind: ChannelKind
  readonly isPrivate: boolean
  readonly isEncrypted: boolean
}

/** How far the making of a community is: steps done of all. */
export type Progress = (done: number, all: number) => void

type Maker = Pick<Session, "api" | "createRoom" | "userId">

/** Makes a community from a template: the space, its channels, categories and roles. Gives the space and the channel to open first. */
export async function createCommunity(session: Maker, wish: NewCommunity, onProgress: Progress = () => undefined): Promise<{ space: string; first: string | undefined }> {
  const planned = wish.template.categories.flatMap((category) => category.channels)
  const all = planned.length * 2 + 3
  let done = 0
  const step = () => onProgress((done += 1), all)
  const table: RoleTable = {
    roles: wish.template.roles.map((role) => ({
      id: role.id, name: wish.text(role.name), colour: role.colour, icon: undefined, level: role.level, isHoisted: role.isHoisted, isMentionable: true,
    })),
    levels: { ...defaultLevels, ...wish.template.levels },
  }
  const space = await session.createRoom({
    name: wish.name, preset: wish.isPublic ? "public_chat" : "private_chat", visibility: wish.isPublic ? "public" : "private",
    creation_content: { type: "m.space" }, power_level_content_override: levelsOfNewRoom(table, undefined),
    ...(wish.topic === undefined || wish.topic === "" ? {} : { topic: wish.topic }),
    ...(wish.isPublic && wish.alias !== undefined && wish.alias !== "" ? { room_alias_name: wish.alias } : {}),
    initial_state: [
      state(MartletType.roles, writeRoles(table)),
      state("m.room.history_visibility", { history_visibility: wish.isPublic ? "world_readable" : "shared" }),
      state("m.room.guest_access", { guest_access: "forbidden" }),
      ...(wish.avatar === undefined ? [] : [state("m.room.avatar", { url: wish.avatar })]),
      ...(wish.welcome === undefined ? [] : [state(MartletType.welcome, writeWelcome(wish.welcome))]),
    ],
  })
  step()
  const categories: Category[] = []
  let first: string | undefined
  let index = 0
  for (const [number, category] of wish.template.categories.entries()) {
    const channels: string[] = []
    for (const channel of category.channels) {
      const made = await createChannelRoom(session, space, table, {
        name: wish.text(channel.name), kind: channel.kind, isPrivate: false, isEncrypted: false, ...(channel.topic === undefined ? {} : { topic: wish.text(channel.topic) }),
      })
      step()
      await putChild(session.api, space, made, session.userId, orderAt(index), true)
      step()
      if (channel.kind === "text") first ??= made
      channels.push(made)
      index += 1
    }
    categories.push({ id: `c${number + 1}`, name: wish.text(category.name), channels })
  }
  await putState(session.api, space, MartletType.categories, writeCategories(categories))
  onProgress(all, all)
  return { space, first: first ?? categories[0]?.channels[0] }
}

/** Makes a channel of a community and lists it in the space. */
export async function createChannel(session: Maker, space: string, table: RoleTable, wish: NewChannel, index: number): Promise<string> {
  const room = await createChannelRoom(session, space, table, wish)
  await putChild(session.api, space, room, session.userId, orderAt(index), !wish.isPrivate)
  return room
}

async function createChannelRoom(session: Maker, space: string, table: RoleTable, wish: NewChannel): Promise<string> {
  const overrides: JSONObject | undefined = wish.kind === "announcements" ? { permissions: { "send-messages": announcementLevel } } : undefined
  return session.createRoom({
    name: wish.name, preset: "private_chat", visibility: "private", power_level_content_override: levelsOfNewRoom(table, overrides),
    ...(wish.topic === undefined || wish.topic === "" ? {} : { topic: wish.topic }), ...(wish.kind === "voice" ? { creation_content: { type: voiceRoomType } } : {}),
    initial_state: [
      state("m.space.parent", { via: [serverOf(session.userId)], canonical: true }, space),
      state("m.room.history_visibility", { history_visibility: "shared" }),
      state("m.room.guest_access", { guest_access: "forbidden" }),
      state("m.room.join_rules", wish.isPrivate ? { join_rule: "invite" } : { join_rule: "restricted", allow: [{ type: "m.room_membership", room_id: space }] }),
      ...(overrides === undefined ? [] : [state(MartletType.roleOverrides, overrides)]),
      ...(wish.isEncrypted ? [state("m.room.encryption", { algorithm: "m.megolm.v1.aes-sha2" })] : []),
    ],
  })
}

/** What roles make of the levels of a room that does not exist yet; its creator is added by the server, or has all power by the room's version. */
function levelsOfNewRoom(table: RoleTable, overrides: JSONObject | undefined): JSONObject {
  const compiled = compilePowerLevels({ table, members: new Map(), overrides, current: {}, author: { userId: "", level: Infinity }, creators: new Set() }) ?? {}
  return Object.fromEntries(Object.entries(compiled).filter(([name]) => name !== "users"))
}

function state(type: string, content: JSONObject, key = ""): JSONValue {
  return { type, state_key: key, content }
}

/** Writes a state event by the API: the room may not be known through sync yet. */
export async function putState(api: API, room: string, type: string, content: JSONObject, key = ""): Promise<void> {
  await api.put(`/_matrix/client/v3/rooms/${encodeURIComponent(room)}/state/${encodeURIComponent(type)}/${encodeURIComponent(key)}`, content)
}

async function putChild(api: API, space: string, room: string, userId: string, order: string, isSuggested: boolean): Promise<void> {
  await putState(api, space, "m.space.child", { via: [serverOf(userId)], order, suggested: isSuggested }, room)
}

/** The server of a user or room ID; room IDs of version 12 have none. */
export function serverOf(id: string): string {
  return id.slice(id.indexOf(":") + 1)
}

/** A public alias made of a community's name: what an alias cannot hold becomes "-". */
export function aliasFrom(name: string): string {
  return name.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 60)
}

