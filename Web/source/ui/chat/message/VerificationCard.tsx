import { memberName } from "../../../domain/rooms/roomName"
import type { TimelineEvent } from "../../../matrix/contract/timeline"
import { useSession } from "../../bridge/contexts"
import { useObservable } from "../../bridge/useObservable"
import { Button, Icon, showToast } from "../../design"
import { t } from "../../language/t"
import { useMember } from "../useMember"

/** Somebody asks, in this room, to compare emoji with them. */
export function VerificationCard({ event }: { event: TimelineEvent }) {
  const session = useSession()
  const verifications = useObservable(session.encryption.verifications)
  const member = useMember(event.sender)
  const verification = verifications.find((one) => one.id === event.id)
  return verification === undefined
    ? <Card text={event.sender === session.userId ? t("chat.verification.mine") : t("chat.verification.from", { name: memberName(member) })} state={t("chat.verification.over")} />
    : <Running verification={verification} name={memberName(member)} />
}

function Running({ verification, name }: { verification: ReturnType<ReturnType<typeof useSession>["encryption"]["verifications"]["get"]>[number]; name: string }) {
  const state = useObservable(verification.state)
  const text = verification.startedByMe ? t("chat.verification.mine") : t("chat.verification.from", { name })
  const failed = () => showToast({ kind: "error", text: t("chat.verification.failed") })
  if (state.kind === "requested" && !verification.startedByMe) {
    return (
      <Card text={text}>
        <Button size="small" variant="primary" onClick={() => void verification.accept().catch(failed)}>{t("chat.verification.accept")}</Button>
        <Button size="small" onClick={() => void verification.cancel().catch(failed)}>{t("chat.verification.decline")}</Button>
      </Card>
    )
  }
  return <Card text={text} state={state.kind === "done" ? t("chat.verification.done") : state.kind === "cancelled" ? t("chat.verification.cancelled") : t("chat.verification.running")} />
}

function Card({ text, state, children }: { text: string; state?: string; children?: React.ReactNode }) {
  return <div className="verification-card"><Icon name="shield-check" size={24} /><div><p>{text}</p>{state !== undefined && <p className="verification-card-state">{state}</p>}</div>{children}</div>
}
