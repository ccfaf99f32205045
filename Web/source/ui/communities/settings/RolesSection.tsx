import { useState } from "react"
import { applyRoles, communityRoles, type ApplyReport } from "../../../domain/roles/applyRoles"
import { permissions as all } from "../../../domain/roles/Permission"
import { freeRoleID, highestRoleLevel, permit, rolesOf, writeRoles, type Role, type RoleTable } from "../../../domain/roles/Role"
import { MartletType } from "../../../matrix/contract/events"
import type { Room } from "../../../matrix/contract/room"
import { useSession } from "../../bridge/contexts"
import { useObservable } from "../../bridge/useObservable"
import { Banner, Button, IconButton, ProgressBar, useConfirm } from "../../design"
import { t } from "../../language/t"
import { failureText } from "../failureText"
import { LevelSelect } from "./LevelSelect"
import { RoleEditor } from "./RoleEditor"

/** The roles of a server as a ladder, and from which rung on each thing is allowed. Saving writes them into every channel. */
export function RolesSection({ room }: { room: Room }) {
  const session = useSession()
  const may = useObservable(room.permissions)
  useObservable(room.state(MartletType.roles))
  useObservable(room.stateOf(MartletType.memberRoles))
  const confirm = useConfirm()
  const community = communityRoles(room)
  const [draft, setDraft] = useState<RoleTable>()
  const [editing, setEditing] = useState<string>()
  const [progress, setProgress] = useState<{ readonly done: number; readonly all: number }>()
  const [report, setReport] = useState<ApplyReport>()
  const [error, setError] = useState<string>()
  const table = draft ?? community.table
  const canChange = may.canSendState(MartletType.roles) && may.canSendState("m.room.power_levels")

  const change = (next: RoleTable) => {
    setReport(undefined)
    setDraft({ ...next, roles: [...next.roles].sort((a, b) => b.level - a.level) })
  }
  const add = () => {
    const id = freeRoleID(table.roles)
    change({ ...table, roles: [...table.roles, { id, name: t("communities.roles.new"), colour: undefined, icon: undefined, level: 0, isHoisted: false, isMentionable: true }] })
    setEditing(id)
  }
  const remove = async (role: Role) => {
    if (!await confirm({ title: t("communities.roles.deleteTitle", { role: role.name }), text: t("communities.roles.deleteText"), action: t("common.delete"), isDanger: true })) return
    change({ ...table, roles: table.roles.filter((one) => one !== role) })
    setEditing(undefined)
  }
  const save = async () => {
    if (draft === undefined) return
    setError(undefined)
    setProgress({ done: 0, all: 1 })
    try {
      await room.setState(MartletType.roles, "", writeRoles(draft))
      // Whoever had only roles that are gone now falls back to what everybody has.
      const dismissed = new Set([...community.members].filter(([, content]) => rolesOf(community.table, content).length > 0 && rolesOf(draft, content).length === 0).map(([userId]) => userId))
      setReport(await applyRoles(session, room, { table: draft, members: community.members, dismissed }, (done, count) => setProgress({ done, all: count })))
      setDraft(undefined)
    } catch (problem) {
      setError(failureText(problem))
    } finally {
      setProgress(undefined)
    }
  }
  const memberCount = (role: Role) => [...community.members.values()].filter((content) => rolesOf(table, content).includes(role)).length

  return (
    <div className="room-settings-form">
      <p className="room-settings-note">{t("communities.roles.hint")}</p>
      {!canChange && <Banner kind="info">{t("communities.settings.readOnly")}</Banner>}
      <ol className="room-settings-list room-settings-roles">
        {table.roles.map((role) => (
          <li key={role.id} data-open={editing === role.id || undefined}>
            <div className="room-settings-role">
              <span className="member-profile-colour" aria-hidden="true" style={role.colour === undefined ? undefined : { background: role.colour }} />
              <span className="room-settings-grow" dir="auto">{role.icon !== undefined && !role.icon.startsWith("mxc:") ? `${role.icon} ` : ""}{role.name}</span>
              <span className="room-settings-note">{t("communities.landing.members", { count: memberCount(role) })}</span>
              {canChange && role.level < may.myLevel && (
                <>
                  <IconButton icon="edit" size="small" label={t("communities.roles.edit", { role: role.name })} isPressed={editing === role.id} onClick={() => setEditing(editing === role.id ? undefined : role.id)} />
                  <IconButton icon="trash" size="small" label={t("communities.roles.delete", { role: role.name })} onClick={() => void remove(role)} />
                </>
              )}
            </div>
            {editing === role.id && <RoleEditor role={role} highest={Math.min(highestRoleLevel, may.myLevel - 1)} onChange={(next) => change({ ...table, roles: table.roles.map((one) => (one.id === role.id ? next : one)) })} />}
          </li>
        ))}
      </ol>
      {canChange && <div><Button icon="plus" onClick={add}>{t("communities.roles.add")}</Button></div>}
      <section className="room-settings-block" aria-label={t("communities.roles.permissions")}>
        <h2>{t("communities.roles.permissions")}</h2>
        <p className="room-settings-note">{t("communities.roles.permissionsHint")}</p>
        <ul className="room-settings-list">
          {all.map((permission) => (
            <li key={permission}>
              <span className="room-settings-grow">{t(`communities.permission.${permission}`)}</span>
              <LevelSelect label={t(`communities.permission.${permission}`)} roles={table.roles} level={table.levels[permission]} isDisabled={!canChange || table.levels[permission] > may.myLevel} onChange={(level) => {
                const role = table.roles.find((one) => one.level === level)
                change(permit(table, permission, level === undefined || level === 0 ? "everybody" : role ?? "owners"))
              }} />
            </li>
          ))}
        </ul>
      </section>
      {error !== undefined && <p role="alert" className="room-settings-error">{error}</p>}
      {progress !== undefined && <ProgressBar label={t("communities.roles.saving")} value={progress.done / progress.all} />}
      {report !== undefined && (
        <Banner kind={report.failed.length > 0 ? "warning" : "success"} isLive>
          {t("communities.roles.saved", { count: report.changed.length + report.unchanged.length })}
          {report.failed.length > 0 && <ul>{report.failed.map((one) => <li key={one.room}>{session.room(one.room)?.summary.get().name ?? one.room}: {one.message}</li>)}</ul>}
        </Banner>
      )}
      {draft !== undefined && (
        <div className="room-settings-buttons room-settings-sticky">
          <Button variant="primary" isBusy={progress !== undefined} onClick={() => void save()}>{t("common.save")}</Button>
          <Button variant="quiet" onClick={() => setDraft(undefined)}>{t("common.cancel")}</Button>
        </div>
      )}
    </div>
  )
}
