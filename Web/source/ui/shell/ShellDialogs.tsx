import { Suspense } from "react"
import { useObservable } from "../bridge/useObservable"
import { CreateChannelDialog, CreateServerDialog, InvitePeopleDialog, LeaveDialog } from "./parts"
import { NewMessageDialog } from "./NewMessageDialog"
import { QuickSwitcher } from "./QuickSwitcher"
import { ShortcutsDialog } from "./ShortcutsDialog"
import { useShell } from "./ShellState"
import { StatusDialog } from "./StatusDialog"

/** The dialog of the shell that is open, if any. */
export function ShellDialogs({ isNarrow }: { isNarrow: boolean }) {
  const shell = useShell()
  const dialog = useObservable(shell.dialog)
  if (dialog === undefined) return null
  const close = () => shell.dialog.update((now) => (now === dialog ? undefined : now))
  switch (dialog.kind) {
    case "switcher":
      return <QuickSwitcher isNarrow={isNarrow} onClose={close} />
    case "new-message":
      return <NewMessageDialog onClose={close} />
    case "shortcuts":
      return <ShortcutsDialog onClose={close} />
    case "status":
      return <StatusDialog onClose={close} />
    case "create-server":
      return <Suspense fallback={null}><CreateServerDialog onClose={close} /></Suspense>
    default:
      break
  }
  const room = shell.session.room(dialog.room)
  if (room === undefined) return null
  switch (dialog.kind) {
    case "create-channel":
      return <Suspense fallback={null}><CreateChannelDialog space={room} category={dialog.category} onClose={close} /></Suspense>
    case "invite":
      return <Suspense fallback={null}><InvitePeopleDialog room={room} onClose={close} /></Suspense>
    case "leave":
      return <Suspense fallback={null}><LeaveDialog room={room} onClose={close} /></Suspense>
  }
}
