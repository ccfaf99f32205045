import { asArray, asBoolean, asObject, asString, member, type JSONObject, type JSONValue } from "../../matrix/base/read"
import type { API } from "../../matrix/contract/session"

/** What the person is told of, as the account's push rules say it. */
export interface NotificationRules {
  /** Whether anything notifies at all. */
  readonly isOn: boolean
  readonly directMessages: boolean
  /** All messages in channels, or only mentions. */
  readonly channels: "all" | "mentions"
  readonly userMentions: boolean
  readonly roomMentions: boolean
  readonly invites: boolean
  readonly keywords: readonly { readonly id: string; readonly pattern: string; readonly isEnabled: boolean }[]
}

const ids = {
  master: ".m.rule.master", direct: [".m.rule.room_one_to_one", ".m.rule.encrypted_room_one_to_one"], channels: [".m.rule.message", ".m.rule.encrypted"],
  userMention: ".m.rule.is_user_mention", roomMention: ".m.rule.is_room_mention", invites: ".m.rule.invite_for_me",
} as const
/** Older rules that mean the same; they are switched along. */
const olderMentions = { user: [[".m.rule.contains_display_name", "override"], [".m.rule.contains_user_name", "content"]], room: [[".m.rule.roomnotif", "override"]] } as const

/** Reads `m.push_rules`; what is missing is as the specification's defaults. */
export function readNotificationRules(content: JSONObject | undefined): NotificationRules {
  const rule = (kind: string, id: string) => asObject(asArray(member(content, "global", kind)).find((one) => member(one, "rule_id") === id))
  const isEnabled = (kind: string, id: string) => asBoolean(rule(kind, id)?.enabled) ?? true
  const notifies = (id: string) => {
    const found = rule("underride", id)
    return found === undefined || (asBoolean(found.enabled) ?? true) && asArray(found.actions).includes("notify")
  }
  const keywords = asArray(member(content, "global", "content")).flatMap((value) => {
    const one = asObject(value)
    const id = asString(one?.rule_id)
    const pattern = asString(one?.pattern)
    return id === undefined || pattern === undefined || one?.default === true || id.startsWith(".") ? [] : [{ id, pattern, isEnabled: asBoolean(one?.enabled) ?? true }]
  })
  return {
    // The master rule silences: it is on where everything is off, and off by default.
    isOn: !(asBoolean(rule("override", ids.master)?.enabled) ?? false),
    directMessages: ids.direct.some(notifies), channels: ids.channels.some(notifies) ? "all" : "mentions",
    userMentions: isEnabled("override", ids.userMention), roomMentions: isEnabled("override", ids.roomMention), invites: isEnabled("override", ids.invites), keywords,
  }
}

/** Changes push rules; the new ones come back with the next sync. */
export class PushRuleEditor {
  constructor(private readonly api: API, private readonly content: () => JSONObject | undefined) {}

  setOn(isOn: boolean): Promise<void> {
    return this.enable("override", ids.master, !isOn)
  }

  async setDirectMessages(isOn: boolean): Promise<void> {
    for (const id of ids.direct) await this.setActions("underride", id, isOn ? ["notify", { set_tweak: "sound", value: "default" }] : [])
  }

  async setChannels(level: "all" | "mentions"): Promise<void> {
    for (const id of ids.channels) await this.setActions("underride", id, level === "all" ? ["notify"] : [])
  }

  async setUserMentions(isOn: boolean): Promise<void> {
    await this.enable("override", ids.userMention, isOn)
    for (const [id, kind] of olderMentions.user) await this.enable(kind, id, isOn)
  }

  async setRoomMentions(isOn: boolean): Promise<void> {
    await this.enable("override", ids.roomMention, isOn)
    for (const [id, kind] of olderMentions.room) await this.enable(kind, id, isOn)
  }

  setInvites(isOn: boolean): Promise<void> {
    return this.enable("override", ids.invites, isOn)
  }

  async addKeyword(pattern: string): Promise<void> {
    const body: JSONObject = { pattern, actions: ["notify", { set_tweak: "sound", value: "default" }, { set_tweak: "highlight" }] }
    await this.api.put(`/_matrix/client/v3/pushrules/global/content/${encodeURIComponent(pattern.replace(/^\.+/, "").replace(/[/\\]/g, "_"))}`, body)
  }

  async removeKeyword(id: string): Promise<void> {
    await this.api.delete(`/_matrix/client/v3/pushrules/global/content/${encodeURIComponent(id)}`)
  }

  /** Rules that the server does not have (older ones, of an older specification) are left alone. */
  private async enable(kind: string, id: string, isEnabled: boolean): Promise<void> {
    if (!this.has(kind, id)) return
    await this.api.put(`/_matrix/client/v3/pushrules/global/${kind}/${encodeURIComponent(id)}/enabled`, { enabled: isEnabled })
  }

  private async setActions(kind: string, id: string, actions: JSONValue[]): Promise<void> {
    if (!this.has(kind, id)) return
    await this.enable(kind, id, true)
    await this.api.put(`/_matrix/client/v3/pushrules/global/${kind}/${encodeURIComponent(id)}/actions`, { actions })
  }

  private has(kind: string, id: string): boolean {
    return asArray(member(this.content(), "global", kind)).some((one) => member(one, "rule_id") === id)
  }
}
