import type { JSONObject } from "../base/read"

export type UserID = string
export type RoomID = string
export type EventID = string
export type MXC = string

/** An event as the client-server API gives it; `content` is as untrusted as its sender. */
export interface MatrixEvent {
  readonly event_id: EventID
  readonly type: string
  readonly sender: UserID
  readonly origin_server_ts: number
  readonly content: JSONObject
  readonly state_key?: string
  readonly room_id?: RoomID
  readonly redacts?: EventID
  readonly unsigned?: JSONObject
}

/** Event types of Martlet's own; documented in Documentation/Web-Client.md. */
export const MartletType = {
  /** State of a space, key "": the roles of the community. */
  roles: "chat.martlet.roles",
  /** State of a space, key "_" + user ID: the roles of a member. */
  memberRoles: "chat.martlet.member_roles",
  /** State of a room, key "": which levels this room has of its own. */
  roleOverrides: "chat.martlet.role_overrides",
  /** State of a space, key "": welcome text, rules, channels that are joined by themselves. */
  welcome: "chat.martlet.welcome",
  /** State of a space, key "": categories and their order. */
  categories: "chat.martlet.categories",
  /** Account data: drafts, layout and settings of this client. */
  settings: "chat.martlet.settings",
} as const
