import { useState } from "react"
import type { Room } from "../../matrix/contract/room"
import { Button } from "../design/Button"
import { Dialog } from "../design/Dialog"
import { t } from "../language/t"
import { currentRoute } from "../navigation/useRoute"
import { failureText, leavePlace } from "./actions"
import { roomTitle } from "./roomTitle"
import { useShell } from "./ShellState"

/** Asks before a room is left. */
export function LeaveRoomDialog({ room, onClose }: { room: Room; onClose: () => void }) {
  const shell = useShell()
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const summary = room.summary.get()
  const leave = async () => {
    setBusy(true)
    try {
      const server = shell.index.serverOf(room.id)
      await room.leave()
      const route = currentRoute()
      onClose()
      if ((route.kind === "room" && (route.room === room.id || route.space === room.id)) || (route.kind === "space" && route.space === room.id)) leavePlace(shell, server === room.id ? undefined : server)
    } catch (error) {
      setProblem(failureText(error))
      setBusy(false)
    }
  }
  return (
    <Dialog
      title={t("shell.leave.title", { name: roomTitle(summary) })} role="alertdialog" size="small" onClose={onClose} description={t(summary.joinRule === "public" ? "shell.leave.public" : "shell.leave.private")}
      footer={<><Button onClick={onClose}>{t("common.cancel")}</Button><Button variant="danger" isBusy={isBusy} onClick={() => void leave()}>{t("shell.leave.confirm")}</Button></>}
    >
      {problem !== undefined && <p role="alert">{problem}</p>}
    </Dialog>
  )
}
