import { useEffect, useState } from "react"
import { useObservable } from "../bridge/useObservable"
import { Icon } from "../design"
import { t } from "../language/t"
import { useShell } from "./ShellState"
import "./StatusLine.css"

/** How the connection is, where it is not as it should be. Shown a moment late, as most gaps close by themselves. */
export function StatusLine() {
  const status = useObservable(useShell().session.status)
  const { kind } = status
  const [lateKind, setLateKind] = useState<string>()
  const [now, setNow] = useState(0)
  useEffect(() => {
    if (kind === "live" || kind === "signed-out") return undefined
    const late = setTimeout(() => setLateKind(kind), kind === "offline" ? 1500 : 2500)
    const tick = setInterval(() => setNow(Date.now()), 1000)
    return () => {
      clearTimeout(late)
      clearInterval(tick)
      setLateKind(undefined)
    }
  }, [kind])
  const isLate = lateKind === kind
  const seconds = status.kind === "offline" ? Math.ceil((status.retryAt - now) / 1000) : 0
  const text = !isLate || kind === "live" || kind === "signed-out" ? undefined
    : kind === "starting" ? t("shell.status.starting")
    : kind === "catching-up" ? t("shell.status.catchingUp")
    : seconds > 1 ? t("shell.status.offlineIn", { count: seconds }) : t("shell.status.offline")
  return (
    <div className="status-line" data-kind={text === undefined ? undefined : kind} role="region" aria-label={t("shell.status.label")}>
      {text !== undefined && <><Icon name={kind === "offline" ? "cloud-off" : "refresh"} size={14} /><span>{text}</span></>}
      {/* The seconds are for the eye; what is read out changes with the state alone. */}
      <span className="visually-hidden" role="status">{text === undefined ? "" : kind === "offline" ? t("shell.status.offline") : text}</span>
    </div>
  )
}
