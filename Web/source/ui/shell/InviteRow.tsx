import type { RoomID } from "../../matrix/contract/events"
import { Icon } from "../design"
import { t } from "../language/t"
import { inviteFace } from "./inviteFace"
import { RouteLink } from "./RouteLink"
import { roomTitle } from "./roomTitle"
import { useSummary } from "./hooks"

/** An invite or a request in the home list. What strangers wrote into it is not shown before it is accepted. */
export function InviteRow({ id, isCurrent }: { id: RoomID; isCurrent: boolean }) {
  const summary = useSummary(id)
  if (summary === undefined) return null
  const isInvite = summary.membership === "invite"
  const face = inviteFace(summary)
  return (
    <div className="direct-row" data-here={isCurrent || undefined} data-unread={isInvite || undefined} data-roving-row>
      <RouteLink className="direct-row-link" data-roving aria-current={isCurrent ? "page" : undefined} route={{ kind: "room", room: id, space: undefined, event: undefined, thread: undefined }}>
        <span className="direct-row-picture direct-row-masked"><Icon name={isInvite ? "mail" : "clock"} size={18} /></span>
        <span className="direct-row-text">
          <span className="direct-row-name">{isInvite ? face.inviter : roomTitle(summary)}</span>
          <span className="direct-row-line">{isInvite ? t(face.text) : t("shell.channel.knocked")}</span>
        </span>
      </RouteLink>
    </div>
  )
}
