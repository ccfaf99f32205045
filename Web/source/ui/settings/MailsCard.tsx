import { useCallback, useState } from "react"
import { asArray, asObject, asString } from "../../matrix/base/read"
import { MatrixError } from "../../matrix/contract/session"
import { askInDialog } from "../accounts/authentication"
import { failureText } from "../accounts/failureText"
import { serverFacts } from "../accounts/serverFacts"
import { newSecret } from "../accounts/StageForm"
import { useAccounts, useSession } from "../bridge/contexts"
import { Banner, Button, Card, confirm, Skeleton, TextField } from "../design"
import { t } from "../language/t"
import { useAnswer } from "./useAnswer"
import { useCall } from "./useCall"

/** The e-mail addresses of the account; not shown where the server knows none of that. */
export function MailsCard() {
  const session = useSession()
  const accounts = useAccounts()
  const [answer, reload] = useAnswer(useCallback(async (signal: AbortSignal) => {
    const found = await session.api.get("/_matrix/client/v3/account/3pid", undefined, signal)
    const facts = await serverFacts(accounts, session.api.homeserver)
    const mails = asArray(found.threepids).flatMap((one) => (asString(asObject(one)?.medium) === "email" ? asString(asObject(one)?.address) ?? [] : []))
    return { mails, canAdd: facts?.hasMail !== false }
  }, [session, accounts]))
  const [address, setAddress] = useState("")
  const [sent, setSent] = useState<{ readonly sid: string; readonly secret: string; readonly address: string }>()
  const [error, setError] = useState<string>()
  const [call, isBusy] = useCall()

  if (answer.kind === "failed") {
    return answer.error instanceof MatrixError && answer.error.code === "M_UNRECOGNIZED" ? null
      : <Card title={t("settings.account.mails")} level={2}><Banner kind="warning" actions={<Button size="small" onClick={reload}>{t("common.retry")}</Button>}>{failureText(answer.error)}</Banner></Card>
  }
  if (answer.kind === "ready" && !answer.value.canAdd && answer.value.mails.length === 0) return null
  const send = async () => {
    setError(undefined)
    const secret = newSecret()
    try {
      const found = await session.api.post("/_matrix/client/v3/account/3pid/email/requestToken", { client_secret: secret, email: address.trim(), send_attempt: 1 })
      const sid = asString(found.sid)
      if (sid !== undefined) setSent({ sid, secret, address: address.trim() })
    } catch (problem) {
      setError(problem instanceof MatrixError && problem.code === "M_THREEPID_DENIED" ? t("settings.account.mailOff") : failureText(problem))
    }
  }
  const add = async () => {
    if (sent === undefined) return
    const isDone = await call(() => session.api.interactive("POST", "/_matrix/client/v3/account/3pid/add", { sid: sent.sid, client_secret: sent.secret }, askInDialog(session.api, session.userId, t("settings.account.mailAdd"))))
    if (!isDone) return
    setSent(undefined)
    setAddress("")
    reload()
  }
  const remove = async (mail: string) => {
    if (!(await confirm({ title: t("settings.account.mailRemoveTitle"), text: t("settings.account.mailRemoveText", { address: mail }), action: t("settings.account.mailRemove"), isDanger: true }))) return
    if (await call(() => session.api.post("/_matrix/client/v3/account/3pid/delete", { medium: "email", address: mail }))) reload()
  }
  return (
    <Card title={t("settings.account.mails")} description={t("settings.account.mailsText")} level={2}>
      {answer.kind === "loading" ? <Skeleton count={1} /> : answer.value.mails.length > 0 && (
        <ul className="settings-list">
          {answer.value.mails.map((mail) => <li key={mail}><span className="settings-list-text">{mail}</span><Button size="small" variant="quiet" onClick={() => void remove(mail)} aria-label={t("settings.account.mailRemoveLabel", { address: mail })}>{t("settings.account.mailRemove")}</Button></li>)}
        </ul>
      )}
      {answer.kind === "ready" && !answer.value.canAdd ? <p className="settings-note">{t("settings.account.mailOff")}</p> : sent === undefined ? (
        <form
          className="settings-add" onSubmit={(event) => {
            event.preventDefault()
            void call(send)
          }}
        >
          <TextField label={t("settings.account.mailAdd")} type="email" autoComplete="email" value={address} onChange={setAddress} error={error} />
          <Button type="submit" isBusy={isBusy} disabled={!/^[^@\s]+@[^@\s]+$/.test(address.trim())}>{t("settings.account.mailAddAction")}</Button>
        </form>
      ) : (
        <Banner kind="info" icon="mail" title={t("accounts.stage.mailSent", { address: sent.address })} actions={<><Button size="small" variant="quiet" onClick={() => setSent(undefined)}>{t("common.cancel")}</Button><Button size="small" variant="primary" isBusy={isBusy} onClick={() => void add()}>{t("accounts.stage.mailDone")}</Button></>}>{t("accounts.stage.mailSentText")}</Banner>
      )}
    </Card>
  )
}
