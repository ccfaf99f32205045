import { useState } from "react"
import { roomsOfCommunity } from "../../domain/roles/applyRoles"
import { MatrixError } from "../../matrix/contract/session"
import type { Room } from "../../matrix/contract/room"
import { useSession } from "../bridge/contexts"
import { Button } from "../design/Button"
import { Checkbox } from "../design/Checkbox"
import { Dialog } from "../design/Dialog"
import { TextField } from "../design/TextField"
import { t } from "../language/t"
import { failureText } from "./failureText"

/** Removes, bans or reports somebody, with a reason; in the whole server where that is wanted. */
export function ModerationDialog({ action, room, space, userId, name, onClose }: {
  action: "kick" | "ban" | "report"; room: Room | undefined; space: Room | undefined; userId: string; name: string; onClose: () => void
}) {
  const session = useSession()
  const [reason, setReason] = useState("")
  const [isEverywhere, setEverywhere] = useState(space !== undefined)
  const [isDeleting, setDeleting] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()

  const act = async () => {
    setBusy(true)
    setError(undefined)
    const words = reason.trim() === "" ? undefined : reason.trim()
    try {
      if (action === "report") {
        await session.api.post(`/_matrix/client/v3/users/${encodeURIComponent(userId)}/report`, { reason: words ?? "" })
        return onClose()
      }
      const rooms = isEverywhere && space !== undefined ? [...roomsOfCommunity(session, space.id)].reverse() : room === undefined ? [] : [room]
      let refused = 0
      for (const one of rooms) {
        const permissions = one.permissions.get()
        const isAllowed = permissions.outranks(userId) && (action === "ban" ? permissions.canBan : permissions.canKick)
        const isThere = ["join", "invite", "knock"].includes(one.member(userId).get().membership)
        // A ban counts where somebody is not yet as well; nobody can be removed from where they are not.
        if (action === "kick" && !isThere && one !== room) continue
        if (!isAllowed) {
          refused += 1
          continue
        }
        try {
          if (action === "ban") await one.ban(userId, words, isDeleting)
          else await one.kick(userId, words)
        } catch (problem) {
          // Somebody who is not in a channel cannot be removed from it; the rest goes on.
          if (!(problem instanceof MatrixError) || problem.code !== "M_FORBIDDEN" || one === room) throw problem
          refused += 1
        }
      }
      if (refused > 0) setError(t("communities.moderation.refused", { count: refused }))
      else onClose()
    } catch (problem) {
      setError(failureText(problem))
    } finally {
      setBusy(false)
    }
  }

  return (
    <Dialog title={t(`communities.moderation.${action}`, { name })} size="small" onClose={onClose} onSubmit={() => void act()} footer={(
      <>
        <Button variant="quiet" onClick={onClose}>{t("common.cancel")}</Button>
        <Button variant="danger" type="submit" isBusy={isBusy} disabled={action === "report" && reason.trim() === ""}>{t(`communities.moderation.${action}Button`)}</Button>
      </>
    )}>
      <TextField label={t(action === "report" ? "communities.moderation.why" : "communities.moderation.reason")} value={reason} onChange={setReason} maxLength={500} error={error} data-autofocus />
      {action !== "report" && space !== undefined && <Checkbox label={t("communities.moderation.everywhere")} isChecked={isEverywhere} onChange={setEverywhere} />}
      {action === "ban" && <Checkbox label={t("communities.moderation.delete")} hint={t("communities.moderation.deleteHint")} isChecked={isDeleting} onChange={setDeleting} />}
    </Dialog>
  )
}
