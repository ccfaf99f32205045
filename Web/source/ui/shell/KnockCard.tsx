import { useState } from "react"
import type { RoomSummary } from "../../matrix/contract/room"
import { Button, EmptyState } from "../design"
import { t } from "../language/t"
import { failureText, leavePlace } from "./actions"
import { roomTitle } from "./roomTitle"
import { useShell } from "./ShellState"
import { useFailure } from "./useFailure"

/** A room that one asked to be let into. */
export function KnockCard({ summary, space }: { summary: RoomSummary; space: string | undefined }) {
  const shell = useShell()
  const [isBusy, setBusy] = useState(false)
  const fail = useFailure()
  const withdraw = async () => {
    setBusy(true)
    try {
      await shell.session.room(summary.id)?.leave()
      leavePlace(shell, space)
    } catch (error) {
      fail(failureText(error))
      setBusy(false)
    }
  }
  return (
    <>
      <h1 className="visually-hidden">{roomTitle(summary)}</h1>
      <EmptyState icon="clock" title={t("shell.knock.title", { name: roomTitle(summary) })} text={t("shell.knock.text")}>
        <Button isBusy={isBusy} onClick={() => void withdraw()}>{t("shell.knock.withdraw")}</Button>
      </EmptyState>
    </>
  )
}
