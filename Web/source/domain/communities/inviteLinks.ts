import { asArray, asNumber, asObject, asString, asStrings, asBoolean, type JSONObject, type JSONValue } from "../../matrix/base/read"
import type { API } from "../../matrix/contract/session"

/** A link that lets people into a room or community (Documentation/Web-API.md). */
export interface InviteLink {
  readonly code: string
  readonly url: string
  readonly createdBy: string | undefined
  readonly createdAt: number | undefined
  readonly expiresAt: number | undefined
  readonly maxUses: number | undefined
  readonly uses: number
  readonly label: string | undefined
}

/** What a link leads to, as anybody with the link may see it. */
export interface InviteFacts {
  readonly roomId: string
  readonly isSpace: boolean
  readonly name: string | undefined
  readonly topic: string | undefined
  readonly avatarPath: string | undefined
  readonly memberCount: number
  readonly onlineCount: number | undefined
  readonly inviterName: string | undefined
  readonly channels: readonly string[]
  readonly welcome: string | undefined
  readonly rules: readonly string[]
  readonly expiresAt: number | undefined
  readonly registration: "open" | "token" | "closed"
  readonly isRegistrationAllowed: boolean
}

const base = "/_martlet/client/v1"

function readLink(value: JSONValue): InviteLink | undefined {
  const entry = asObject(value)
  const code = asString(entry?.code)
  if (entry === undefined || code === undefined) return undefined
  return {
    code, url: asString(entry.url) ?? `/invite/${code}`, createdBy: asString(entry.created_by), createdAt: asNumber(entry.created_at), expiresAt: asNumber(entry.expires_at),
    maxUses: asNumber(entry.max_uses), uses: asNumber(entry.uses) ?? 0, label: asString(entry.label),
  }
}

/** Makes a link; `expiresIn` in milliseconds, null for never. */
export async function createInviteLink(
  api: API, room: string, options: { expiresIn: number | null; maxUses: number | null; label?: string },
): Promise<InviteLink> {
  const answer = await api.post(`${base}/rooms/${encodeURIComponent(room)}/invites`, {
    expires_in_ms: options.expiresIn, max_uses: options.maxUses, ...(options.label === undefined || options.label === "" ? {} : { label: options.label }),
  })
  const link = readLink(answer)
  if (link === undefined) throw new Error("The server answered without a code.")
  return link
}

/** The links of a room that this account may see, the newest first. */
export async function inviteLinks(api: API, room: string): Promise<readonly InviteLink[]> {
  const answer = await api.get(`${base}/rooms/${encodeURIComponent(room)}/invites`)
  const links = asArray(answer.invites).flatMap((entry) => readLink(entry) ?? [])
  return links.sort((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0))
}

export async function revokeInviteLink(api: API, code: string): Promise<void> {
  await api.delete(`${base}/invites/${encodeURIComponent(code)}`)
}

/** What a link leads to. Fails with M_NOT_FOUND where it is unknown, ran out or was revoked. */
export async function inviteFacts(api: API, code: string): Promise<InviteFacts> {
  return readFacts(await api.get(`${base}/invites/${encodeURIComponent(code)}`), code)
}

function readFacts(answer: JSONObject, code: string): InviteFacts {
  const registration = asObject(answer.registration)
  const mode = asString(registration?.mode)
  const hasAvatar = answer.avatar === true || asString(answer.avatar) !== undefined
  const welcome = asObject(answer.welcome)
  return {
    roomId: asString(answer.room_id) ?? "", isSpace: answer.room_type === "m.space", name: asString(answer.name), topic: asString(answer.topic),
    avatarPath: hasAvatar ? `${base}/invites/${encodeURIComponent(code)}/avatar` : undefined, memberCount: asNumber(answer.member_count) ?? 0,
    onlineCount: asNumber(answer.online_count), inviterName: asString(asObject(answer.inviter)?.displayname) ?? localpart(asString(asObject(answer.inviter)?.user_id)),
    channels: asStrings(answer.channels), welcome: asString(welcome?.text), rules: asStrings(welcome?.rules), expiresAt: asNumber(answer.expires_at),
    registration: mode === "open" || mode === "token" ? mode : "closed", isRegistrationAllowed: asBoolean(registration?.allowed_with_invite) ?? mode === "open",
  }
}

function localpart(userId: string | undefined): string | undefined {
  return userId === undefined ? undefined : /^@([^:]*)/.exec(userId)?.[1] ?? userId
}

/** Takes a link: this account becomes a member of the room, and of its community's first channels. */
export async function acceptInvite(api: API, code: string): Promise<{ room: string; joined: readonly string[] }> {
  const answer = await api.post(`${base}/invites/${encodeURIComponent(code)}/accept`, {})
  return { room: asString(answer.room_id) ?? "", joined: asStrings(answer.joined) }
}
