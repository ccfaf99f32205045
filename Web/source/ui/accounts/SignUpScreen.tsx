import { useEffect, useState } from "react"
import type { JSONObject } from "../../matrix/base/read"
import { useAccounts, usePlatform } from "../bridge/contexts"
import { rememberedInvite } from "../communities/rememberedInvite"
import { Banner, Button, PasswordField, TextField } from "../design"
import { t } from "../language/t"
import { href } from "../navigation/route"
import { AccountFrame } from "./AccountFrame"
import { nextStage, type AuthStage } from "./authentication"
import { goToDestination } from "./destination"
import { failureText, isCancelled } from "./failureText"
import { rememberPassword } from "./passwordMemory"
import { PasswordStrength } from "./PasswordStrength"
import { passwordStrength } from "./measurePassword"
import { ServerChoice } from "./ServerChoice"
import { beginSSO } from "./sso"
import { StageForm } from "./StageForm"
import { useHomeserver, type ChosenServer } from "./useHomeserver"

type NameState = { readonly kind: "none" | "free" | "looking" } | { readonly kind: "bad"; readonly message: string }
interface Pending { readonly stage: AuthStage; readonly answer: (auth: JSONObject | undefined) => void }

/** Making an account: a name and a password first, then whatever the server asks for, one thing at a time. */
export function SignUpScreen() {
  const accounts = useAccounts()
  const platform = usePlatform()
  const { state, choose, retry } = useHomeserver()
  const server = state.kind === "ready" ? state.server : undefined
  const [username, setUsername] = useState("")
  const [password, setPassword] = useState("")
  const [pending, setPending] = useState<Pending>()
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const name = useNameState(server, username)

  const register = async (target: ChosenServer) => {
    const wanted = username.trim().toLowerCase()
    if (wanted === "" || name.kind === "bad") return setError(t("accounts.signUp.nameFirst"))
    const least = target.facts?.minimumPasswordLength ?? 8
    if (password.length < least) return setError(t("accounts.signUp.tooShort", { count: least }))
    setBusy(true)
    setError(undefined)
    let hasTriedInvite = false
    try {
      const account = await accounts.register(target.homeserver, { username: wanted, password }, async (stage) => {
        const next = nextStage(stage)
        if (next === "m.login.dummy") return { type: next, session: stage.session }
        const invite = rememberedInvite()
        if (next === "m.login.registration_token" && invite !== undefined && !hasTriedInvite) {
          hasTriedInvite = true
          return { type: next, session: stage.session, token: invite }
        }
        return new Promise((resolve) => {
          setPending({
            stage,
            answer: (auth) => {
              setPending(undefined)
              resolve(auth)
            },
          })
        })
      })
      rememberPassword(account.userId, password)
      accounts.add(account)
      goToDestination()
    } catch (problem) {
      setBusy(false)
      setPending(undefined)
      if (!isCancelled(problem)) setError(failureText(problem))
    }
  }

  if (pending !== undefined && server !== undefined) {
    const total = Math.max(1, ...pending.stage.flows.map((flow) => flow.filter((one) => one !== "m.login.dummy").length))
    return (
      <AccountFrame title={t("accounts.signUp.almost")} text={t("accounts.signUp.step", { step: Math.min(total, pending.stage.completed.length + 1), total })} footer={<Button variant="link" onClick={() => pending.answer(undefined)}>{t("common.back")}</Button>}>
        <StageForm stage={pending.stage} userId={undefined} api={accounts.publicAPI(server.homeserver)} onAnswer={pending.answer} mailPath="/_matrix/client/v3/register/email/requestToken" token={rememberedInvite()} />
      </AccountFrame>
    )
  }
  const isOpen = (server?.flows.registration.length ?? 0) > 0
  return (
    <AccountFrame
      title={t("accounts.signUp.title")} text={server?.facts?.description ?? t("accounts.signUp.text")}
      footer={<><span>{t("accounts.signUp.have")}</span><a href={href({ kind: "sign-in" })}>{t("accounts.signIn.action")}</a></>}
    >
      <ServerChoice state={state} choose={choose} retry={retry} />
      {error !== undefined && <Banner kind="danger" isLive>{error}</Banner>}
      {server !== undefined && !isOpen && <Banner kind="info" title={t("accounts.signUp.closed")}>{t("accounts.signUp.closedText")}</Banner>}
      {server !== undefined && isOpen && (
        <form
          className="account-form" onSubmit={(event) => {
            event.preventDefault()
            void register(server)
          }}
        >
          <TextField
            label={t("accounts.username")} value={username} onChange={(value) => setUsername(value.replace(/^@/, ""))} autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus maxLength={100} required
            hint={t("accounts.signUp.nameHint", { id: `@${username.trim() === "" ? "name" : username.trim().toLowerCase()}:${server.name}` })}
            error={name.kind === "bad" ? name.message : undefined} success={name.kind === "free" ? t("accounts.signUp.free") : undefined}
          />
          <PasswordField label={t("accounts.password")} value={password} onChange={setPassword} autoComplete="new-password" required />
          <PasswordStrength password={password} username={username.trim()} />
          <Button type="submit" variant="primary" size="large" isBlock isBusy={isBusy} disabled={passwordStrength(password, username.trim()) === 0 || username.trim() === ""}>{t("accounts.signUp.action")}</Button>
        </form>
      )}
      {server !== undefined && server.flows.sso.length > 0 && (
        <div className="account-form">
          <p className="account-or">{t("accounts.or")}</p>
          {server.flows.sso.map((provider) => (
            <Button key={provider.id ?? ""} isBlock icon="external" onClick={() => beginSSO(platform.settings, server.homeserver, provider.id)}>
              {provider.name === "" ? t("accounts.signIn.sso") : t("accounts.signIn.ssoWith", { name: provider.name })}
            </Button>
          ))}
        </div>
      )}
    </AccountFrame>
  )
}

/** Asks the server whether a name is free, a moment after the typing. */
function useNameState(server: ChosenServer | undefined, username: string): NameState {
  const accounts = useAccounts()
  const [state, setState] = useState<{ readonly of: string; readonly value: NameState }>({ of: "", value: { kind: "none" } })
  const name = username.trim().toLowerCase()
  const homeserver = server?.homeserver
  const isOdd = name !== "" && !/^[a-z0-9._=/+-]+$/.test(name)

  useEffect(() => {
    if (homeserver === undefined || name === "" || isOdd) return
    let isOver = false
    const timer = window.setTimeout(() => {
      accounts.isUsernameFree(homeserver, name).then(({ isFree, reason }) => {
        if (!isOver) setState({ of: name, value: isFree ? { kind: "free" } : { kind: "bad", message: nameProblem(reason) } })
      }, () => {
        // Not knowing is no reason to hinder anybody: registering tells.
        if (!isOver) setState({ of: name, value: { kind: "none" } })
      })
    }, 350)
    return () => {
      isOver = true
      window.clearTimeout(timer)
    }
  }, [accounts, homeserver, name, isOdd])
  if (isOdd) return { kind: "bad", message: t("accounts.failure.badName") }
  return name === "" ? { kind: "none" } : state.of === name ? state.value : { kind: "looking" }
}

function nameProblem(reason: string | undefined): string {
  if (reason === "M_INVALID_USERNAME") return t("accounts.failure.badName")
  return reason === "M_EXCLUSIVE" ? t("accounts.failure.reserved") : t("accounts.failure.taken")
}
