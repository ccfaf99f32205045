import { useContext, useEffect, useRef, useState } from "react"
import { acceptInvite, inviteFacts, type InviteFacts } from "../../domain/communities/inviteLinks"
import { inviteAuthenticator, isSimple } from "../../domain/communities/inviteRegistration"
import { MatrixError, type LoginFlows, type Session } from "../../matrix/contract/session"
import { rememberPassword } from "../accounts/passwordMemory"
import { SessionContext, useAccounts } from "../bridge/contexts"
import { Button } from "../design/Button"
import { Icon } from "../design/Icon"
import { Spinner } from "../design/Spinner"
import { PasswordField, TextField } from "../design/TextField"
import { t } from "../language/t"
import { navigate } from "../navigation/useRoute"
import { failureText } from "./failureText"
import { rememberInvite, takeRememberedInvite } from "./rememberedInvite"
import "./InviteLanding.css"

type State = { readonly kind: "loading" } | { readonly kind: "found"; readonly facts: InviteFacts } | { readonly kind: "gone" } | { readonly kind: "failed"; readonly message: string }

/** Where an invite link leads: the community, and one step into it. Works for those who have no account yet. */
export function InviteLanding({ code }: { code: string }) {
  const session = useContext(SessionContext)
  const accounts = useAccounts()
  const [state, setState] = useState<State>({ kind: "loading" })
  const homeserver = session?.account.homeserver ?? location.origin

  useEffect(() => {
    let isWanted = true
    inviteFacts(accounts.publicAPI(homeserver), code).then((facts) => {
      if (isWanted) setState({ kind: "found", facts })
    }, (problem: unknown) => {
      if (isWanted) setState(problem instanceof MatrixError && problem.status === 404 ? { kind: "gone" } : { kind: "failed", message: failureText(problem) })
    })
    return () => {
      isWanted = false
    }
  }, [accounts, homeserver, code])

  switch (state.kind) {
    case "loading":
      return <main className="invite-landing"><Spinner size={32} label={t("common.loading")} /></main>
    case "gone":
      return (
        <main className="invite-landing">
          <div className="invite-landing-card">
            <span className="invite-landing-mark"><Icon name="clock" size={40} /></span>
            <h1>{t("communities.landing.gone")}</h1>
            <p>{t("communities.landing.goneHint")}</p>
            <Button variant="primary" onClick={() => navigate({ kind: "home", section: undefined })}>{t("communities.landing.home")}</Button>
          </div>
        </main>
      )
    case "failed":
      return (
        <main className="invite-landing">
          <div className="invite-landing-card">
            <h1>{t("communities.landing.failed")}</h1>
            <p role="alert">{state.message}</p>
            <Button variant="primary" onClick={() => location.reload()}>{t("common.retry")}</Button>
          </div>
        </main>
      )
    case "found":
      return (
        <main className="invite-landing">
          <div className="invite-landing-card">
            <CommunityFacts facts={state.facts} />
            {session === undefined ? <SignUpAndJoin code={code} facts={state.facts} homeserver={homeserver} /> : <Join session={session} code={code} />}
          </div>
        </main>
      )
  }
}

function CommunityFacts({ facts }: { facts: InviteFacts }) {
  const name = facts.name ?? t("communities.landing.unnamed")
  return (
    <header className="invite-landing-facts">
      {facts.inviterName !== undefined && <p className="invite-landing-inviter">{t("communities.landing.inviter", { name: facts.inviterName })}</p>}
      {facts.avatarPath === undefined ? <span className="invite-landing-initial" aria-hidden="true">{[...name][0]}</span> : <img src={facts.avatarPath} alt="" width={96} height={96} />}
      <h1>{name}</h1>
      <p className="invite-landing-counts">
        {facts.onlineCount !== undefined && facts.onlineCount > 0 && <span data-online>{t("communities.landing.online", { count: facts.onlineCount })}</span>}
        <span>{t("communities.landing.members", { count: facts.memberCount })}</span>
      </p>
      {facts.topic !== undefined && facts.topic !== "" && <p className="invite-landing-topic">{facts.topic}</p>}
      {facts.welcome !== undefined && facts.welcome !== "" && <p className="invite-landing-topic">{facts.welcome}</p>}
      {facts.channels.length > 0 && <ul className="invite-landing-channels" aria-label={t("communities.landing.channels")}>{facts.channels.slice(0, 8).map((channel) => <li key={channel}><Icon name="hash" size={14} />{channel}</li>)}</ul>}
      {facts.rules.length > 0 && (
        <details className="invite-landing-rules">
          <summary>{t("communities.landing.rules")}</summary>
          <ol>{facts.rules.map((rule) => <li key={rule}>{rule}</li>)}</ol>
        </details>
      )}
    </header>
  )
}

function Join({ session, code }: { session: Session; code: string }) {
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const hasStarted = useRef(false)

  const join = async () => {
    setBusy(true)
    setError(undefined)
    try {
      const { room, joined } = await acceptInvite(session.api, code)
      const known = await session.waitForRoom(room)
      if (known.summary.get().type !== "m.space") return navigate({ kind: "room", room, space: undefined, event: undefined, thread: undefined }, { replace: true })
      const first = await firstToTalkIn(session, joined.filter((id) => id !== room))
      navigate(first === undefined ? { kind: "space", space: room } : { kind: "room", room: first, space: room, event: undefined, thread: undefined }, { replace: true })
    } catch (problem) {
      setError(failureText(problem))
      setBusy(false)
    }
  }

  useEffect(() => {
    // Somebody who has just made an account, or signed in, for this link has said that they want to join.
    if (hasStarted.current || takeRememberedInvite() !== code) return
    hasStarted.current = true
    void join()
  }, []) // oxlint-disable-line react-hooks/exhaustive-deps -- once, when the account is there

  return (
    <div className="invite-landing-actions">
      {error !== undefined && <p role="alert" className="invite-landing-error">{error}</p>}
      <Button variant="primary" size="large" isBlock isBusy={isBusy} onClick={() => void join()}>{t("communities.landing.join")}</Button>
      <p className="invite-landing-note">{t("communities.landing.as", { id: session.userId })}</p>
    </div>
  )
}

/** The first channel that somebody new can write in; else the first of all. */
async function firstToTalkIn(session: Session, channels: readonly string[]): Promise<string | undefined> {
  for (const id of channels.slice(0, 5)) {
    const channel = await session.waitForRoom(id)
    if (channel.summary.get().type === undefined && channel.permissions.get().canSend("m.room.message")) return id
  }
  return channels[0]
}

function SignUpAndJoin({ code, facts, homeserver }: { code: string; facts: InviteFacts; homeserver: string }) {
  const accounts = useAccounts()
  const [flows, setFlows] = useState<LoginFlows>()
  const [username, setUsername] = useState("")
  const [password, setPassword] = useState("")
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<{ readonly field: "username" | "password" | "form"; readonly message: string }>()

  useEffect(() => {
    let isWanted = true
    accounts.loginFlows(homeserver).then((found) => {
      if (isWanted) setFlows(found)
    }, () => undefined)
    return () => {
      isWanted = false
    }
  }, [accounts, homeserver])

  const signIn = () => {
    rememberInvite(code)
    navigate({ kind: "sign-in" })
  }
  const canRegister = facts.isRegistrationAllowed && flows !== undefined && isSimple(flows.registration)

  const register = async () => {
    if (username.trim() === "") return setError({ field: "username", message: t("communities.landing.chooseName") })
    if (password.length < 8) return setError({ field: "password", message: t("communities.landing.shortPassword") })
    setBusy(true)
    setError(undefined)
    try {
      rememberInvite(code)
      const account = await accounts.register(homeserver, { username: username.trim().toLowerCase(), password }, inviteAuthenticator(code))
      rememberPassword(account.userId, password)
      accounts.add(account)
    } catch (problem) {
      setBusy(false)
      const errcode = problem instanceof MatrixError ? problem.code : ""
      if (errcode === "M_USER_IN_USE" || errcode === "M_INVALID_USERNAME" || errcode === "M_EXCLUSIVE") setError({ field: "username", message: t(errcode === "M_INVALID_USERNAME" ? "communities.landing.badName" : "communities.landing.nameTaken") })
      else if (errcode === "M_WEAK_PASSWORD") setError({ field: "password", message: problem instanceof MatrixError ? problem.message : "" })
      else setError({ field: "form", message: failureText(problem) })
    }
  }

  return (
    <div className="invite-landing-actions">
      {canRegister && (
        <form className="invite-landing-form" onSubmit={(event) => {
          event.preventDefault()
          void register()
        }}>
          <TextField label={t("communities.landing.username")} value={username} onChange={setUsername} autoComplete="username" autoCapitalize="none" spellCheck={false} maxLength={60} error={error?.field === "username" ? error.message : undefined} />
          <PasswordField label={t("communities.landing.password")} value={password} onChange={setPassword} autoComplete="new-password" error={error?.field === "password" ? error.message : undefined} />
          {error?.field === "form" && <p role="alert" className="invite-landing-error">{error.message}</p>}
          <Button variant="primary" size="large" type="submit" isBlock isBusy={isBusy}>{t("communities.landing.register")}</Button>
        </form>
      )}
      {!canRegister && flows !== undefined && facts.isRegistrationAllowed && (
        <Button variant="primary" size="large" isBlock onClick={() => {
          rememberInvite(code)
          navigate({ kind: "sign-up" })
        }}>{t("communities.landing.register")}</Button>
      )}
      {!facts.isRegistrationAllowed && <p className="invite-landing-note">{t("communities.landing.closed")}</p>}
      <Button variant="link" onClick={signIn}>{t("communities.landing.signIn")}</Button>
    </div>
  )
}
