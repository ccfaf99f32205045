import { useState } from "react"
import { spacesOf } from "../../../domain/packs/availablePacks"
import { communityRoles, creatorsOf } from "../../../domain/roles/applyRoles"
import { compilePowerLevels } from "../../../domain/roles/compile"
import { permissions as all, type Permission } from "../../../domain/roles/Permission"
import { asNumber, asObject, member, type JSONObject } from "../../../matrix/base/read"
import { MartletType } from "../../../matrix/contract/events"
import type { Room } from "../../../matrix/contract/room"
import { useSession } from "../../bridge/contexts"
import { useObservable } from "../../bridge/useObservable"
import { Banner, Button } from "../../design"
import { t } from "../../language/t"
import { LevelSelect } from "./LevelSelect"
import { useSaving } from "./useSaving"

const channelPermissions = all.filter((permission) => permission !== "manage-server" && permission !== "manage-emoji")

/** What roles may in this channel, where it differs from the server. */
export function OverridesSection({ room }: { room: Room }) {
  const session = useSession()
  const may = useObservable(room.permissions)
  const overrides = useObservable(room.state(MartletType.roleOverrides))
  const current = useObservable(room.state("m.room.power_levels")) ?? {}
  const [draft, setDraft] = useState<JSONObject>()
  const { isBusy, error, save } = useSaving()
  const space = spacesOf(session, room)[0]
  const community = space === undefined ? undefined : communityRoles(space)
  const own = draft ?? asObject(overrides?.permissions) ?? {}
  const canChange = may.canSendState("m.room.power_levels") && may.canSendState(MartletType.roleOverrides)
  if (community === undefined) return <Banner kind="info">{t("communities.overrides.noServer")}</Banner>

  const store = () => save(async () => {
    if (draft === undefined) return
    const content: JSONObject = { ...overrides, permissions: draft }
    const next = compilePowerLevels({
      table: community.table, members: community.members, overrides: content, current, author: { userId: session.userId, level: may.myLevel }, creators: creatorsOf(room),
    })
    await room.setState(MartletType.roleOverrides, "", content)
    if (next !== undefined) await room.setState("m.room.power_levels", "", next)
    setDraft(undefined)
  })
  const change = (permission: Permission, level: number | undefined) => {
    const next = { ...own }
    if (level === undefined) delete next[permission]
    else next[permission] = level
    setDraft(next)
  }

  return (
    <div className="room-settings-form">
      <p className="room-settings-note">{t("communities.overrides.hint")}</p>
      {!canChange && <Banner kind="info">{t("communities.settings.readOnly")}</Banner>}
      <ul className="room-settings-list">
        {channelPermissions.map((permission) => (
          <li key={permission}>
            <span className="room-settings-grow">{t(`communities.permission.${permission}`)}</span>
            <LevelSelect label={t(`communities.permission.${permission}`)} roles={community.table.roles} level={asNumber(member(own, permission))} inherited={community.table.levels[permission]} isDisabled={!canChange} onChange={(level) => change(permission, level)} />
          </li>
        ))}
      </ul>
      {error !== undefined && <p role="alert" className="room-settings-error">{error}</p>}
      {draft !== undefined && (
        <div className="room-settings-buttons">
          <Button variant="primary" isBusy={isBusy} onClick={() => void store()}>{t("common.save")}</Button>
          <Button variant="quiet" onClick={() => setDraft(undefined)}>{t("common.cancel")}</Button>
        </div>
      )}
    </div>
  )
}
