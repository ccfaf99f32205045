import { useObservable } from "../bridge/useObservable"
import { Dialog } from "../design"
import { question } from "./authentication"
import { StageForm } from "./StageForm"

/** Asks for what a server wants to know before it does something dangerous. */
export function AuthenticationHost() {
  const current = useObservable(question)
  if (current === undefined) return null
  return (
    <Dialog title={current.title} size="small" onClose={() => current.answer(undefined)}>
      <StageForm stage={current.stage} userId={current.userId} api={current.api} onAnswer={current.answer} mailPath="/_matrix/client/v3/account/password/email/requestToken" />
    </Dialog>
  )
}
