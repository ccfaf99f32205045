import { useState } from "react"
import { Button, Dialog, showToast, TextField } from "../../design"
import { t } from "../../language/t"
import { useChat } from "../ChatContext"

/** Asks before messages are deleted for everybody. */
export function DeleteDialog({ ids, areOwn, onClose }: { ids: readonly string[]; areOwn: boolean; onClose: () => void }) {
  const { room, select } = useChat()
  const [reason, setReason] = useState("")
  const [done, setDone] = useState<number>()
  const remove = async () => {
    setDone(0)
    let failed = 0
    for (const id of ids) {
      try {
        await room.redact(id, reason.trim() === "" ? undefined : reason.trim())
      } catch {
        failed += 1
      }
      setDone((count) => (count ?? 0) + 1)
    }
    if (failed > 0) showToast({ kind: "error", text: t("chat.delete.failed", { count: failed }) })
    select(undefined)
    onClose()
  }
  return (
    <Dialog title={t("chat.delete.title", { count: ids.length })} size="small" role="alertdialog" onClose={onClose} description={t("chat.delete.text")} onSubmit={() => void remove()} footer={
      <>
        <Button variant="quiet" onClick={onClose} data-autofocus>{t("common.cancel")}</Button>
        <Button variant="danger" type="submit" isBusy={done !== undefined}>{done === undefined || ids.length === 1 ? t("common.delete") : t("chat.delete.progress", { done, total: ids.length })}</Button>
      </>
    }>
      {!areOwn && <TextField label={t("chat.delete.reason")} value={reason} onChange={setReason} maxLength={300} />}
    </Dialog>
  )
}
