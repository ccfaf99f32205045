import { useState } from "react"
import { communityRoles, setMemberRoles } from "../../domain/roles/applyRoles"
import { MartletType } from "../../matrix/contract/events"
import { levelOf, memberRolesKey, rolesOf } from "../../domain/roles/Role"
import { memberName } from "../../domain/rooms/roomName"
import { spacesOf } from "../../domain/packs/availablePacks"
import { asString } from "../../matrix/base/read"
import type { Room } from "../../matrix/contract/room"
import { useSession } from "../bridge/contexts"
import { useObservable } from "../bridge/useObservable"
import { Avatar } from "../design/Avatar"
import { Button } from "../design/Button"
import { Icon } from "../design/Icon"
import { t } from "../language/t"
import { navigate } from "../navigation/useRoute"
import { failureText } from "./failureText"
import { ModerationDialog } from "./ModerationDialog"
import { useLocalTime } from "./useLocalTime"
import "./MemberProfile.css"

/** Who somebody is, and what can be done: the content of a popover. */
export function MemberProfile({ room, userId, onClose }: { room: Room | undefined; userId: string; onClose?: () => void }) {
  const session = useSession()
  const profile = useObservable(session.profile(userId))
  const member = useObservable(room?.member(userId))
  const permissions = useObservable(room?.permissions)
  const ignored = useObservable(session.ignoredUsers)
  const presence = useObservable(session.presence(userId))
  const trust = useObservable(session.encryption.trust(userId))
  const [action, setAction] = useState<"kick" | "ban" | "report">()
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const name = memberName({ userId, displayName: member?.displayName ?? profile.displayName })
  const time = useLocalTime(asString(profile.fields["m.tz"]) ?? asString(profile.fields["us.cloke.msc4175.tz"]))
  const pronouns = pronounsOf(profile.fields)
  const isMe = userId === session.userId
  const space = room === undefined ? undefined : room.summary.get().type === "m.space" ? room : spacesOf(session, room)[0]
  const canModerate = permissions !== undefined && !isMe && permissions.outranks(userId)

  const run = async (work: () => Promise<void>) => {
    setBusy(true)
    setError(undefined)
    try {
      await work()
    } catch (problem) {
      setError(failureText(problem))
    } finally {
      setBusy(false)
    }
  }
  const message = () => run(async () => {
    const direct = await session.directRoom([userId])
    await session.waitForRoom(direct)
    onClose?.()
    navigate({ kind: "room", room: direct, space: undefined, event: undefined, thread: undefined })
  })

  return (
    <div className="member-profile">
      <div className="member-profile-band" aria-hidden="true" />
      <Avatar name={name} id={userId} mxc={member?.avatar ?? profile.avatar} size={72} />
      <h2 dir="auto">{name}</h2>
      <p className="member-profile-id">{userId}</p>
      {presence.statusMessage !== undefined && presence.statusMessage !== "" && <p className="member-profile-status" dir="auto">{presence.statusMessage}</p>}
      <dl className="member-profile-facts">
        {pronouns !== undefined && <><dt>{t("communities.member.pronouns")}</dt><dd dir="auto">{pronouns}</dd></>}
        {time !== undefined && <><dt>{t("communities.member.time")}</dt><dd>{time}</dd></>}
        {trust === "verified" && <><dt><Icon name="shield-check" size={16} /></dt><dd>{t("communities.member.verified")}</dd></>}
        {trust === "changed" && <><dt><Icon name="shield-warning" size={16} /></dt><dd>{t("communities.member.changed")}</dd></>}
      </dl>
      {space !== undefined && <MemberRoles space={space} userId={userId} />}
      {error !== undefined && <p role="alert" className="member-profile-error">{error}</p>}
      <div className="member-profile-actions">
        {!isMe && <Button variant="primary" icon="message" isBusy={isBusy} onClick={() => void message()}>{t("communities.member.message")}</Button>}
        {!isMe && <Button icon={ignored.has(userId) ? "eye" : "eye-off"} onClick={() => void run(() => session.setIgnored(userId, !ignored.has(userId)))}>{t(ignored.has(userId) ? "communities.member.unignore" : "communities.member.ignore")}</Button>}
        {!isMe && trust !== "verified" && trust !== "none" && <Button icon="shield" onClick={() => void run(async () => {
          await session.encryption.verifyUser(userId)
          onClose?.()
        })}>{t("communities.member.verify")}</Button>}
        {canModerate && permissions.canKick && member?.membership === "join" && <Button icon="user-minus" onClick={() => setAction("kick")}>{t("communities.member.kick")}</Button>}
        {canModerate && permissions.canBan && member?.membership !== "ban" && <Button variant="danger" icon="ban" onClick={() => setAction("ban")}>{t("communities.member.ban")}</Button>}
        {room !== undefined && permissions?.canBan === true && member?.membership === "ban" && <Button icon="undo" onClick={() => void run(() => room.unban(userId))}>{t("communities.member.unban")}</Button>}
        {!isMe && <Button variant="quiet" icon="flag" onClick={() => setAction("report")}>{t("communities.member.report")}</Button>}
      </div>
      {action !== undefined && <ModerationDialog action={action} room={room} space={space} userId={userId} name={name} onClose={() => setAction(undefined)} />}
    </div>
  )
}

function MemberRoles({ space, userId }: { space: Room; userId: string }) {
  const session = useSession()
  useObservable(space.state(MartletType.roles))
  const own = useObservable(space.state(MartletType.memberRoles, memberRolesKey(userId)))
  const permissions = useObservable(space.permissions)
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const { table } = communityRoles(space)
  const roles = rolesOf(table, own)
  const canChange = permissions.canSendState(MartletType.memberRoles) && permissions.canSendState("m.room.power_levels") && (userId === session.userId || permissions.outranks(userId))
  const free = table.roles.filter((role) => !roles.includes(role) && role.level < permissions.myLevel)
  if (table.roles.length === 0 || (roles.length === 0 && !canChange)) return null

  const change = async (ids: readonly string[]) => {
    setBusy(true)
    setError(undefined)
    try {
      const report = await setMemberRoles(session, space, userId, ids)
      if (report.failed.length > 0) setError(t("communities.roles.someFailed", { count: report.failed.length }))
    } catch (problem) {
      setError(failureText(problem))
    } finally {
      setBusy(false)
    }
  }

  return (
    <section className="member-profile-roles" aria-label={t("communities.member.roles")}>
      <h3>{t("communities.member.roles")}</h3>
      <ul>
        {roles.map((role) => (
          <li key={role.id}>
            <span className="member-profile-colour" style={role.colour === undefined ? undefined : { background: role.colour }} aria-hidden="true" />
            {role.name}
            {canChange && levelOf([role]) < permissions.myLevel && <button type="button" disabled={isBusy} aria-label={t("communities.member.removeRole", { role: role.name })} onClick={() => void change(roles.filter((one) => one !== role).map((one) => one.id))}><Icon name="x" size={12} /></button>}
          </li>
        ))}
        {canChange && free.length > 0 && (
          <li>
            <select aria-label={t("communities.member.addRole")} disabled={isBusy} value="" onChange={(event) => {
              if (event.target.value !== "") void change([...roles.map((one) => one.id), event.target.value])
            }}>
              <option value="">{t("communities.member.addRole")}</option>
              {free.map((role) => <option key={role.id} value={role.id}>{role.name}</option>)}
            </select>
          </li>
        )}
      </ul>
      {error !== undefined && <p role="alert" className="member-profile-error">{error}</p>}
    </section>
  )
}

function pronounsOf(fields: { readonly [key: string]: unknown }): string | undefined {
  const value = fields["io.fsky.nyx.pronouns"] ?? fields["m.pronouns"]
  if (typeof value === "string") return value
  const first: unknown = Array.isArray(value) ? value[0] : undefined
  const summary = typeof first === "object" && first !== null ? (first as { summary?: unknown }).summary : undefined
  return typeof summary === "string" ? summary : undefined
}
