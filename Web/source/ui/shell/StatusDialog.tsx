import { useState } from "react"
import { useObservable } from "../bridge/useObservable"
import { Button } from "../design/Button"
import { Dialog } from "../design/Dialog"
import { TextField } from "../design/TextField"
import { t } from "../language/t"
import { useShell } from "./ShellState"

const longest = 120

/** A line about what one is up to, for all to see. */
export function StatusDialog({ onClose }: { onClose: () => void }) {
  const { session } = useShell()
  const presence = useObservable(session.presence(session.userId))
  const [text, setText] = useState(presence.statusMessage ?? "")
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const save = async (next: string) => {
    setBusy(true)
    try {
      await session.setPresence(presence.state, next)
      onClose()
    } catch {
      setProblem(t("shell.presence.failed"))
      setBusy(false)
    }
  }
  return (
    <Dialog
      title={t("shell.presence.setStatus")} size="small" onClose={onClose} onSubmit={() => void save(text.trim())}
      footer={
        <>
          {presence.statusMessage !== undefined && presence.statusMessage !== "" && <Button variant="quiet" onClick={() => void save("")}>{t("shell.presence.clearStatus")}</Button>}
          <Button variant="primary" type="submit" isBusy={isBusy}>{t("common.save")}</Button>
        </>
      }
    >
      <TextField label={t("shell.presence.statusLabel")} value={text} onChange={setText} maxLength={longest} error={problem} />
    </Dialog>
  )
}
