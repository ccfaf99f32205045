import { useState } from "react"
import type { TimelineEvent } from "../../../matrix/contract/timeline"
import { useSession } from "../../bridge/contexts"
import { useObservable } from "../../bridge/useObservable"
import { Button, Icon } from "../../design"
import { t } from "../../language/t"
import { navigate } from "../../navigation/useRoute"

/** A message that this device cannot read: why, and what helps. */
export function Undecryptable({ event }: { event: TimelineEvent }) {
  const { encryption } = useSession()
  const setup = useObservable(encryption.setup)
  const [isAsked, setAsked] = useState(false)
  const reason = event.encryption.kind === "undecryptable" ? event.encryption.reason : "waiting"
  const needsVerifying = setup.kind === "needs-verification"
  const text = needsVerifying && reason === "waiting" ? t("chat.locked.verify") : reason === "before-joining" ? t("chat.locked.beforeJoining") : reason === "withheld" ? t("chat.locked.withheld") : reason === "broken" ? t("chat.locked.broken") : t("chat.locked.waiting")
  return (
    <div className="undecryptable">
      <Icon name="lock" size={16} />
      <span>{text}</span>
      {needsVerifying && reason !== "broken" && <Button size="small" onClick={() => navigate({ kind: "settings", page: "encryption" })}>{t("chat.locked.verifyAction")}</Button>}
      {!needsVerifying && reason === "waiting" && <Button size="small" isBusy={isAsked} onClick={() => {
        setAsked(true)
        encryption.flush().catch(() => undefined).finally(() => setTimeout(() => setAsked(false), 1500))
      }}>{t("chat.locked.again")}</Button>}
    </div>
  )
}
