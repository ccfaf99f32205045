import { useMemo, useState } from "react"
import { communityRoles } from "../../../domain/roles/applyRoles"
import { rolesOf } from "../../../domain/roles/Role"
import { memberName } from "../../../domain/rooms/roomName"
import type { Member, Room } from "../../../matrix/contract/room"
import { useObservable } from "../../bridge/useObservable"
import { Avatar, PopoverAt, SearchField, Spinner, VirtualList } from "../../design"
import { t } from "../../language/t"
import { MemberProfile } from "../MemberProfile"

/** All members, searchable; each opens their card, where roles, removing and banning are. */
export function MembersSection({ room }: { room: Room }) {
  const members = useObservable(room.members)
  const isLoaded = useObservable(room.areMembersLoaded)
  const [text, setText] = useState("")
  const [open, setOpen] = useState<{ readonly userId: string; readonly box: { left: number; top: number; width: number; height: number } }>()
  const { table, members: roles } = communityRoles(room)
  const shown = useMemo(() => {
    const wanted = text.trim().toLowerCase()
    const present = members.filter((member) => member.membership === "join" || member.membership === "invite")
    return wanted === "" ? present : present.filter((member) => member.userId.toLowerCase().includes(wanted) || (member.displayName ?? "").toLowerCase().includes(wanted))
  }, [members, text])

  return (
    <div className="room-settings-form room-settings-members">
      <SearchField label={t("communities.members.search")} isLabelHidden placeholder={t("communities.members.search")} value={text} onChange={setText} />
      <p className="room-settings-note" role="status">{isLoaded ? t("communities.landing.members", { count: shown.length }) : <Spinner size={16} label={t("common.loading")} />}</p>
      <VirtualList<Member> label={t("communities.settings.members")} items={shown} keyOf={(member) => member.userId} estimatedSize={52} isRoving renderItem={(member) => (
        <button type="button" className="room-settings-member" onClick={(event) => {
          const { left, top, width, height } = event.currentTarget.getBoundingClientRect()
          setOpen({ userId: member.userId, box: { left, top, width: Math.min(width, 200), height } })
        }}>
          <Avatar name={memberName(member)} id={member.userId} mxc={member.avatar} size={36} />
          <span className="room-settings-member-names">
            <strong dir="auto">{memberName(member)}</strong>
            <span>{member.userId}</span>
          </span>
          <span className="room-settings-member-roles">
            {member.membership === "invite" ? t("communities.members.invited") : rolesOf(table, roles.get(member.userId)).map((role) => role.name).join(", ") || (member.powerLevel >= 100 ? t("communities.members.owner") : "")}
          </span>
        </button>
      )} />
      {open !== undefined && (
        <PopoverAt anchor={open.box} label={open.userId} onClose={() => setOpen(undefined)}>
          <MemberProfile room={room} userId={open.userId} onClose={() => setOpen(undefined)} />
        </PopoverAt>
      )}
    </div>
  )
}
