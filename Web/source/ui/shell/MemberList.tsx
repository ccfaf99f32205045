import { useDeferredValue, useEffect, useMemo, useState } from "react"
import type { RoomID } from "../../matrix/contract/events"
import type { Member, Room } from "../../matrix/contract/room"
import { memberGroups, memberRows, type GroupName, type MemberRow } from "../../domain/rooms/memberGroups"
import { colourOf } from "../../domain/roles/Role"
import { memberName } from "../../domain/rooms/roomName"
import { useObservable } from "../bridge/useObservable"
import { readableColours } from "../chat/html/colours"
import { Avatar, Button, SearchField, Skeleton, VirtualList } from "../design"
import { t } from "../language/t"
import { useOnline } from "./useOnline"
import { useRoles } from "./useRoles"
import { useVirtualRoving } from "./useVirtualRoving"
import { useShell } from "./ShellState"
import { MemberCard } from "./MemberCard"
import "./MemberList.css"

/** The members of a room in groups, with a field to find one. */
export function MemberList({ room, space }: { room: Room; space: RoomID | undefined }) {
  const { session } = useShell()
  const members = useObservable(room.members)
  const areLoaded = useObservable(room.areMembersLoaded)
  const [failedAttempt, setFailedAttempt] = useState<number>()
  const [filter, setFilter] = useState("")
  const wanted = useDeferredValue(filter)
  const roles = useRoles(space)
  const isOnline = useOnline(session, members)
  const [attempt, setAttempt] = useState(0)

  useEffect(() => {
    let isCurrent = true
    room.loadMembers().catch(() => {
      if (isCurrent) setFailedAttempt(attempt)
    })
    return () => {
      isCurrent = false
    }
  }, [room, attempt])

  const failed = failedAttempt === attempt
  const rows = useMemo(() => memberRows(memberGroups(members, { roles: roles.hoisted, isOnline, filter: wanted })), [members, roles, isOnline, wanted])
  const { ref, list, onKeyDown, onFocus } = useVirtualRoving<MemberRow, HTMLDivElement>(rows, (row) => row.kind === "member")
  return (
    <div className="member-list">
      <div className="member-list-filter"><SearchField label={t("shell.members.filter")} value={filter} onChange={setFilter} /></div>
      {!areLoaded && !failed && members.length < 2 && <div role="status" aria-label={t("shell.members.loading")}><Skeleton kind="rows" count={8} /></div>}
      {failed && (
        <div className="member-list-note" role="status">
          <p>{t("shell.members.failed")}</p>
          <Button size="small" onClick={() => setAttempt(attempt + 1)}>{t("common.retry")}</Button>
        </div>
      )}
      {areLoaded && rows.length === 0 && <p className="member-list-note" role="status">{t("shell.members.none")}</p>}
      <div className="member-list-rows" ref={ref} onKeyDown={onKeyDown} onFocus={onFocus}>
        <VirtualList
          ref={list} items={rows} keyOf={(row) => row.key} estimatedSize={(row) => (row.kind === "group" ? 36 : 44)} label={t("shell.members.title")}
          renderItem={(row) => <Row room={room} row={row} colour={row.kind === "member" ? colourOf(roles.of(row.member.userId)) : undefined} />}
        />
      </div>
    </div>
  )
}

function groupLabel(name: GroupName): string {
  return name.kind === "role" ? name.name : t(`shell.members.${name.kind}`)
}

function Row({ room, row, colour }: { room: Room; row: MemberRow; colour: string | undefined }) {
  if (row.kind === "group") return <h2 className="member-list-group">{t("shell.members.group", { name: groupLabel(row.group.name), count: row.group.members.length })}</h2>
  return <MemberRowView room={room} member={row.member} isDim={row.group.id === "offline" || row.group.id === "invited"} colour={colour} />
}

function MemberRowView({ room, member, isDim, colour }: { room: Room; member: Member; isDim: boolean; colour: string | undefined }) {
  const { session } = useShell()
  const presence = useObservable(session.presence(member.userId))
  const name = memberName(member)
  return (
    <MemberCard room={room} userId={member.userId}>
      <button type="button" className="member-list-member" data-dim={isDim || undefined} data-roving>
        <span className="member-list-picture"><Avatar id={member.userId} name={name} mxc={member.avatar} size={32} presence={member.membership === "join" ? presence.state : undefined} /></span>
        <span className="member-list-text">
          <span className="member-list-name" data-coloured={colour === undefined ? undefined : true} style={colour === undefined ? undefined : readableColours(colour, null)}>{name}</span>
          {(member.isAmbiguous || presence.statusMessage) && <span className="member-list-line">{member.isAmbiguous ? member.userId : presence.statusMessage}</span>}
        </span>
      </button>
    </MemberCard>
  )
}
