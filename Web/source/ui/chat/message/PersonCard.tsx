import { lazy, Suspense } from "react"
import { memberName } from "../../../domain/rooms/roomName"
import type { UserID } from "../../../matrix/contract/events"
import { PopoverAt, Spinner } from "../../design"
import { t } from "../../language/t"
import { useChat } from "../ChatContext"
import { useMember } from "../useMember"

const MemberProfile = lazy(() => import("../../communities/MemberProfile").then((module) => ({ default: module.MemberProfile })))

/** Who somebody is, beside their name. */
export function PersonCard({ anchor, userId, onClose }: { anchor: Element; userId: UserID; onClose: () => void }) {
  const { room } = useChat()
  return (
    <PopoverAt anchor={anchor} label={memberName(useMember(userId))} onClose={onClose} placement="end-top" className="person-card" initialFocus="box">
      <Suspense fallback={<Spinner label={t("common.loading")} />}><MemberProfile room={room} userId={userId} onClose={onClose} /></Suspense>
    </PopoverAt>
  )
}
