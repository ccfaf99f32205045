import { useState } from "react"
import type { JSONObject } from "../../matrix/base/read"
import { useAccounts } from "../bridge/contexts"
import { Banner, Button, Checkbox, PasswordField, showToast } from "../design"
import { t } from "../language/t"
import { AccountFrame } from "./AccountFrame"
import type { AuthStage } from "./authentication"
import { failureText, isCancelled } from "./failureText"
import { PasswordStrength } from "./PasswordStrength"
import { StageForm } from "./StageForm"
import type { ChosenServer } from "./useHomeserver"

/** A new password for somebody who forgot the old one, by a mail to the address of the account. */
export function PasswordReset({ server, onDone }: { readonly server: ChosenServer; readonly onDone: () => void }) {
  const accounts = useAccounts()
  const [password, setPassword] = useState("")
  const [signsOut, setSignsOut] = useState(true)
  const [pending, setPending] = useState<{ readonly stage: AuthStage; readonly answer: (auth: JSONObject | undefined) => void }>()
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)

  const begin = async () => {
    const least = server.facts?.minimumPasswordLength ?? 8
    if (password.length < least) return setError(t("accounts.signUp.tooShort", { count: least }))
    setBusy(true)
    setError(undefined)
    try {
      await accounts.publicAPI(server.homeserver).interactive("POST", "/_matrix/client/v3/account/password", { new_password: password, logout_devices: signsOut }, (stage) => {
        // Whoever forgot the password can only be known by their mail.
        const flows = stage.flows.filter((flow) => !flow.includes("m.login.password"))
        return new Promise((resolve) => {
          setPending({
            stage: { ...stage, flows },
            answer: (auth) => {
              setPending(undefined)
              resolve(auth)
            },
          })
        })
      })
      showToast({ kind: "success", text: t("accounts.reset.done") })
      onDone()
    } catch (problem) {
      setBusy(false)
      setPending(undefined)
      if (!isCancelled(problem)) setError(failureText(problem))
    }
  }
  return (
    <AccountFrame title={t("accounts.reset.title")} text={pending === undefined ? t("accounts.reset.text", { server: server.name }) : undefined} footer={<Button variant="link" onClick={() => (pending === undefined ? onDone() : pending.answer(undefined))}>{t("common.back")}</Button>}>
      {error !== undefined && <Banner kind="danger" isLive>{error}</Banner>}
      {pending === undefined ? (
        <form
          className="account-form" onSubmit={(event) => {
            event.preventDefault()
            void begin()
          }}
        >
          <PasswordField label={t("accounts.reset.new")} value={password} onChange={setPassword} autoComplete="new-password" autoFocus />
          <PasswordStrength password={password} />
          <Checkbox label={t("accounts.reset.signOut")} hint={t("accounts.reset.signOutHint")} isChecked={signsOut} onChange={setSignsOut} />
          <Button type="submit" variant="primary" size="large" isBlock isBusy={isBusy}>{t("common.next")}</Button>
        </form>
      ) : <StageForm stage={pending.stage} userId={undefined} api={accounts.publicAPI(server.homeserver)} onAnswer={pending.answer} mailPath="/_matrix/client/v3/account/password/email/requestToken" />}
    </AccountFrame>
  )
}
