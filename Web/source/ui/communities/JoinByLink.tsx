import { useState } from "react"
import { useSession } from "../bridge/contexts"
import { Button } from "../design/Button"
import { Dialog } from "../design/Dialog"
import { TextField } from "../design/TextField"
import { t } from "../language/t"
import { navigate } from "../navigation/useRoute"
import { failureText } from "./failureText"
import { readJoinAddress } from "../../domain/communities/joinAddress"

/** Joins by whatever somebody was given: an invite link, an address such as #tea:example.org, a matrix.to link. */
export function JoinByLink({ onBack, onClose }: { onBack?: () => void; onClose: () => void }) {
  const session = useSession()
  const [text, setText] = useState("")
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()

  const join = async () => {
    const target = readJoinAddress(text)
    if (target === undefined) return setError(t("communities.join.unknown"))
    if (target.kind === "invite") {
      onClose()
      return navigate({ kind: "invite", code: target.code })
    }
    setBusy(true)
    try {
      const id = await session.join(target.room, target.via)
      const room = await session.waitForRoom(id)
      onClose()
      navigate(room.summary.get().type === "m.space" ? { kind: "space", space: id } : { kind: "room", room: id, space: undefined, event: undefined, thread: undefined })
    } catch (problem) {
      setError(failureText(problem))
      setBusy(false)
    }
  }

  return (
    <Dialog title={t("communities.join.title")} description={t("communities.join.hint")} size="small" onClose={onClose} onSubmit={() => void join()} footer={(
      <>
        {onBack !== undefined && <Button variant="quiet" onClick={onBack}>{t("common.back")}</Button>}
        <Button variant="primary" type="submit" isBusy={isBusy} disabled={text.trim() === ""}>{t("communities.join.join")}</Button>
      </>
    )}>
      <TextField label={t("communities.join.address")} value={text} error={error} autoComplete="off" spellCheck={false} placeholder="https://…/invite/…" onChange={(next) => {
        setText(next)
        setError(undefined)
      }} />
    </Dialog>
  )
}
