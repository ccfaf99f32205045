import type { Room } from "../../../matrix/contract/room"
import { useObservable } from "../../bridge/useObservable"
import { Banner } from "../../design"
import { t } from "../../language/t"
import { InviteLinkBox } from "../InviteLinkBox"
import { LinkList } from "../InvitePeopleDialog"
import "../InvitePeopleDialog.css"

/** Links that lead in: a new one, and those that exist. */
export function InvitesSection({ room }: { room: Room }) {
  const permissions = useObservable(room.permissions)
  if (!permissions.canInvite) return <Banner kind="info">{t("communities.settings.readOnly")}</Banner>
  return (
    <div className="room-settings-form invite-people">
      <InviteLinkBox room={room.id} />
      <LinkList room={room.id} heading="h2" />
    </div>
  )
}
