import { Suspense, useState, type ReactElement } from "react"
import type { Room } from "../../matrix/contract/room"
import { memberName } from "../../domain/rooms/roomName"
import { Popover, Spinner } from "../design"
import { t } from "../language/t"
import { MemberProfile } from "./parts"

/** What is told of a member beside the button that names them. */
export function MemberCard({ room, userId, children }: { room: Room; userId: string; children: ReactElement }) {
  const [isOpen, setOpen] = useState(false)
  const close = () => setOpen(false)
  return (
    <Popover trigger={children} label={memberName(room.member(userId).get())} placement="start-top" isOpen={isOpen} onOpenChange={setOpen} className="member-card-box">
      <Suspense fallback={<Spinner label={t("common.loading")} />}><MemberProfile room={room} userId={userId} onClose={close} /></Suspense>
    </Popover>
  )
}
