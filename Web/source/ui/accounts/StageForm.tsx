import { useState } from "react"
import { asObject, asString, member } from "../../matrix/base/read"
import type { JSONObject } from "../../matrix/base/read"
import { MatrixError, type API } from "../../matrix/contract/session"
import { Banner, Button, Checkbox, Icon, PasswordField, TextField } from "../design"
import { currentLanguage, t } from "../language/t"
import { nextStage, type AuthStage } from "./authentication"
import { failureText } from "./failureText"
import { rememberPassword } from "./passwordMemory"

export interface StageFormProps {
  readonly stage: AuthStage
  readonly userId: string | undefined
  readonly api: API
  readonly onAnswer: (auth: JSONObject | undefined) => void
  /** Where a mail to confirm an address is asked for. */
  readonly mailPath: string
  /** A token that is known already, such as an invite link's. */
  readonly token?: string | undefined
}

/** The form of the next thing that a server asks for. */
export function StageForm(props: StageFormProps) {
  const type = nextStage(props.stage)
  const problem = props.stage.error === undefined ? undefined : props.stage.error
  const key = `${type ?? ""} ${props.stage.completed.length}`
  switch (type) {
    case "m.login.password": return <PasswordStage key={key} {...props} problem={problem} />
    case "m.login.email.identity": return <MailStage key={key} {...props} problem={problem} />
    case "m.login.terms": return <TermsStage key={key} {...props} problem={problem} />
    case "m.login.registration_token": return <TokenStage key={key} {...props} problem={problem} />
    case undefined: return <Banner kind="warning">{t("accounts.stage.none")}</Banner>
    default: return <PageStage key={key} {...props} type={type} problem={problem} />
  }
}

type Inner = StageFormProps & { readonly problem: string | undefined }

function PasswordStage({ stage, userId, problem, onAnswer }: Inner) {
  const [password, setPassword] = useState("")
  return (
    <form
      className="account-form" onSubmit={(event) => {
        event.preventDefault()
        if (password === "") return
        if (userId !== undefined) rememberPassword(userId, password)
        onAnswer({ type: "m.login.password", session: stage.session, password, ...(userId === undefined ? {} : { identifier: { type: "m.id.user", user: userId } }) })
      }}
    >
      <p>{t("accounts.stage.password")}</p>
      {userId !== undefined && <input type="text" autoComplete="username" value={userId} readOnly hidden />}
      <PasswordField label={t("accounts.password")} value={password} onChange={setPassword} error={problem === undefined ? undefined : t("accounts.stage.wrongPassword")} data-autofocus />
      <Button type="submit" variant="primary" isBlock disabled={password === ""}>{t("accounts.continue")}</Button>
    </form>
  )
}

/** Mails that were sent, by the session of the server's: a second try goes on where the first one ended. */
const sentMails = new Map<string, { readonly sid: string; readonly secret: string; readonly address: string }>()

function MailStage({ stage, problem, onAnswer, api, mailPath }: Inner) {
  const before = sentMails.get(stage.session)
  const [address, setAddress] = useState(before?.address ?? "")
  const [sent, setSent] = useState<{ readonly sid: string; readonly secret: string } | undefined>(before)
  const [attempt, setAttempt] = useState(1)
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)

  const send = async () => {
    setBusy(true)
    setError(undefined)
    const secret = sent?.secret ?? newSecret()
    try {
      const answer = await api.post(mailPath, { client_secret: secret, email: address.trim(), send_attempt: attempt })
      const sid = asString(answer.sid)
      if (sid === undefined) throw new MatrixError("M_UNKNOWN", t("accounts.failure.unknown"), 200)
      sentMails.set(stage.session, { sid, secret, address: address.trim() })
      setSent({ sid, secret })
      setAttempt(attempt + 1)
    } catch (problem_) {
      setError(failureText(problem_))
    }
    setBusy(false)
  }
  if (sent === undefined) {
    return (
      <form
        className="account-form" onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
      >
        <p>{t("accounts.stage.mail")}</p>
        <TextField label={t("accounts.mail")} type="email" autoComplete="email" value={address} onChange={setAddress} error={error} data-autofocus />
        <Button type="submit" variant="primary" isBlock isBusy={isBusy} disabled={!/^[^@\s]+@[^@\s]+$/.test(address.trim())}>{t("accounts.stage.sendMail")}</Button>
      </form>
    )
  }
  return (
    <div className="account-form">
      <Banner kind="info" icon="mail" title={t("accounts.stage.mailSent", { address: address.trim() })}>{t("accounts.stage.mailSentText")}</Banner>
      {(problem !== undefined || error !== undefined) && <Banner kind="warning" isLive>{error ?? t("accounts.stage.mailNotYet")}</Banner>}
      <Button variant="primary" isBlock onClick={() => onAnswer({ type: "m.login.email.identity", session: stage.session, threepid_creds: { sid: sent.sid, client_secret: sent.secret } })}>{t("accounts.stage.mailDone")}</Button>
      <Button variant="quiet" isBlock isBusy={isBusy} onClick={() => void send()}>{t("accounts.stage.mailAgain")}</Button>
      <Button variant="link" onClick={() => setSent(undefined)}>{t("accounts.stage.mailOther")}</Button>
    </div>
  )
}

/** A name that the server gives its word for, of its own making. */
export function newSecret(): string {
  return [...crypto.getRandomValues(new Uint8Array(24))].map((byte) => byte.toString(16).padStart(2, "0")).join("")
}

interface Policy { readonly id: string; readonly name: string; readonly url: string | undefined }

function TermsStage({ stage, problem, onAnswer }: Inner) {
  const policies = policiesOf(stage.params)
  const [accepted, setAccepted] = useState<readonly string[]>([])
  return (
    <form
      className="account-form" onSubmit={(event) => {
        event.preventDefault()
        onAnswer({ type: "m.login.terms", session: stage.session })
      }}
    >
      <p>{t("accounts.stage.terms")}</p>
      {problem !== undefined && <Banner kind="danger" isLive>{problem}</Banner>}
      <div className="account-terms">
        {policies.map((policy) => (
          <Checkbox
            key={policy.id} isChecked={accepted.includes(policy.id)} onChange={(isOn) => setAccepted(isOn ? [...accepted, policy.id] : accepted.filter((one) => one !== policy.id))}
            label={<>{policy.name}{policy.url !== undefined && <> – <a href={policy.url} target="_blank" rel="noreferrer noopener">{t("accounts.stage.read")}</a></>}</>}
          />
        ))}
      </div>
      <Button type="submit" variant="primary" isBlock disabled={accepted.length < policies.length}>{t("accounts.stage.agree")}</Button>
    </form>
  )
}

function policiesOf(params: JSONObject): Policy[] {
  const policies = asObject(member(params, "m.login.terms", "policies")) ?? {}
  return Object.entries(policies).map(([id, policy]) => {
    const text = asObject(member(policy, currentLanguage())) ?? asObject(member(policy, "en")) ?? Object.values(asObject(policy) ?? {}).map(asObject).find((one) => one !== undefined)
    const url = asString(text?.url)
    return { id, name: asString(text?.name) ?? id, url: url !== undefined && /^https?:\/\//.test(url) ? url : undefined }
  })
}

function TokenStage({ stage, problem, onAnswer, token: known }: Inner) {
  const [token, setToken] = useState(known ?? "")
  return (
    <form
      className="account-form" onSubmit={(event) => {
        event.preventDefault()
        onAnswer({ type: "m.login.registration_token", session: stage.session, token: token.trim() })
      }}
    >
      <p>{t("accounts.stage.token")}</p>
      <TextField label={t("accounts.stage.tokenLabel")} value={token} onChange={setToken} autoComplete="off" spellCheck={false} error={problem === undefined ? undefined : t("accounts.stage.tokenWrong")} data-autofocus />
      <Button type="submit" variant="primary" isBlock disabled={token.trim() === ""}>{t("accounts.continue")}</Button>
    </form>
  )
}

/** Anything else is done in a page of the server's own. */
function PageStage({ stage, problem, onAnswer, api, type }: Inner & { readonly type: string }) {
  const [isOpened, setOpened] = useState(false)
  const address = new URL(`/_matrix/client/v3/auth/${encodeURIComponent(type)}/fallback/web`, api.homeserver)
  address.searchParams.set("session", stage.session)
  return (
    <div className="account-form">
      <p>{t("accounts.stage.page")}</p>
      {problem !== undefined && <Banner kind="warning" isLive>{problem}</Banner>}
      <a className="button button-plain button-block" href={address.href} target="_blank" rel="noreferrer noopener" onClick={() => setOpened(true)}><Icon name="external" size={18} />{t("accounts.stage.openPage")}</a>
      <Button variant="primary" isBlock disabled={!isOpened} onClick={() => onAnswer({ session: stage.session })}>{t("accounts.continue")}</Button>
    </div>
  )
}
