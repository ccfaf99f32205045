import { useState } from "react"
import { Button, Dialog, showToast, TextArea } from "../../design"
import { t } from "../../language/t"
import { useChat } from "../ChatContext"

/** Tells the people who run the server about a message. */
export function ReportDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const { room } = useChat()
  const [reason, setReason] = useState("")
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const report = async () => {
    if (reason.trim() === "") return setError(t("chat.report.needsReason"))
    setBusy(true)
    try {
      await room.reportEvent(id, reason.trim())
      showToast({ kind: "success", text: t("chat.report.done") })
      onClose()
    } catch {
      setError(t("chat.report.failed"))
      setBusy(false)
    }
  }
  return (
    <Dialog title={t("chat.report.title")} size="small" onClose={onClose} description={t("chat.report.text")} onSubmit={() => void report()} footer={
      <>
        <Button variant="quiet" onClick={onClose}>{t("common.cancel")}</Button>
        <Button variant="danger" type="submit" isBusy={isBusy}>{t("chat.report.send")}</Button>
      </>
    }>
      <TextArea label={t("chat.report.reason")} value={reason} onChange={(value) => {
        setReason(value)
        setError(undefined)
      }} error={error} maxLength={1000} />
    </Dialog>
  )
}
