import type { UserID } from "../../matrix/contract/events"
import { useObservable } from "../bridge/useObservable"
import { t } from "../language/t"
import { useShell } from "./ShellState"
import "./PresenceDot.css"

/** Whether somebody is there; by shape as well as by colour. */
export function PresenceDot({ userId }: { userId: UserID }) {
  const { state } = useObservable(useShell().session.presence(userId))
  return <span className="presence-dot" data-state={state} role="img" aria-label={t(`shell.presence.${state}`)} />
}
