import { useState } from "react"
import { creatorsOf, roomsOfCommunity } from "../../domain/roles/applyRoles"
import { ownerLevel } from "../../domain/roles/Role"
import type { Room } from "../../matrix/contract/room"
import { useSession } from "../bridge/contexts"
import { useObservable } from "../bridge/useObservable"
import { Button } from "../design/Button"
import { Dialog } from "../design/Dialog"
import { t } from "../language/t"
import { navigate } from "../navigation/useRoute"
import { failureText } from "./failureText"

/** Leaves a room, or a server with all its channels; warns the last owner. */
export function LeaveDialog({ room, onClose }: { room: Room; onClose: () => void }) {
  const session = useSession()
  const summary = useObservable(room.summary)
  const members = useObservable(room.members)
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const name = summary.name ?? summary.id
  const isSpace = summary.type === "m.space"
  const rooms = isSpace ? roomsOfCommunity(session, room.id) : [room]
  const creators = creatorsOf(room)
  const isOwner = (userId: string, level: number) => level >= ownerLevel || creators.has(userId)
  const myLevel = room.permissions.get().myLevel
  const isLastOwner = isOwner(session.userId, myLevel) && summary.joinedCount > 1
    && !members.some((member) => member.userId !== session.userId && member.membership === "join" && isOwner(member.userId, member.powerLevel))

  const leave = async () => {
    setBusy(true)
    setError(undefined)
    try {
      // The server itself last: with it goes the way to its channels.
      for (const one of [...rooms].reverse()) await one.leave()
      onClose()
      navigate({ kind: "home", section: undefined })
    } catch (problem) {
      setError(failureText(problem))
      setBusy(false)
    }
  }

  return (
    <Dialog title={t("communities.leave.title", { name })} role="alertdialog" size="small" onClose={onClose} footer={(
      <>
        <Button variant="quiet" onClick={onClose}>{t("common.cancel")}</Button>
        <Button variant="danger" isBusy={isBusy} onClick={() => void leave()}>{t("communities.leave.leave")}</Button>
      </>
    )}>
      <p>{isSpace ? t("communities.leave.space", { count: rooms.length - 1 }) : t("communities.leave.room")}</p>
      {isLastOwner && <p><strong>{t("communities.leave.lastOwner")}</strong></p>}
      {error !== undefined && <p role="alert">{error}</p>}
    </Dialog>
  )
}
