import { useEffect, useRef, useState } from "react"
import type { AccountRecord } from "../../matrix/contract/session"
import { MatrixError } from "../../matrix/contract/session"
import { useAccounts, usePlatform } from "../bridge/contexts"
import { useObservable } from "../bridge/useObservable"
import { Banner, Button, PasswordField, Spinner, TextField } from "../design"
import { t } from "../language/t"
import { href } from "../navigation/route"
import { navigate } from "../navigation/useRoute"
import { AccountFrame } from "./AccountFrame"
import { goToDestination } from "./destination"
import { failureText } from "./failureText"
import { PasswordReset } from "./PasswordReset"
import { rememberPassword } from "./passwordMemory"
import { ServerChoice } from "./ServerChoice"
import { beginSSO, takeSSO } from "./sso"
import { useHomeserver, type ChosenServer } from "./useHomeserver"

/** Signing in, to the first account or a further one. */
export function SignInScreen() {
  const accounts = useAccounts()
  const platform = usePlatform()
  const hasAccounts = useObservable(accounts.list).length > 0
  const { state, choose, retry } = useHomeserver()
  const [isResetting, setResetting] = useState(false)
  const [username, setUsername] = useState("")
  const [password, setPassword] = useState("")
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const returned = useRef(false)
  const [isReturning, setReturning] = useState(() => new URLSearchParams(location.search).has("loginToken"))

  const finish = (account: AccountRecord) => {
    accounts.add(account)
    goToDestination()
  }

  useEffect(() => {
    if (!isReturning || returned.current) return
    returned.current = true
    // Back from the provider: the token is good once and soon ends.
    const back = takeSSO(platform.settings)
    if (back === undefined) {
      setReturning(false)
      return
    }
    accounts.login(back.homeserver, { type: "m.login.token", token: back.token }).then((account) => {
      accounts.add(account)
      goToDestination()
    }, (problem: unknown) => {
      setReturning(false)
      setError(failureText(problem))
    })
  }, [isReturning, accounts, platform])

  if (isReturning) return <AccountFrame title={t("accounts.signIn.title")}><Spinner label={t("common.loading")} /></AccountFrame>
  if (isResetting && state.kind === "ready") return <PasswordReset server={state.server} onDone={() => setResetting(false)} />

  const signIn = async (server: ChosenServer) => {
    if (username.trim() === "" || password === "") return setError(t("accounts.signIn.missing"))
    setBusy(true)
    setError(undefined)
    const name = username.trim()
    const isMail = /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(name)
    try {
      // A full user ID may belong to another server than the one that is chosen.
      const match = /^@[^:]+:(.+)$/.exec(name)
      const homeserver = match?.[1] !== undefined && match[1] !== server.name ? (await accounts.discover(match[1])).homeserver : server.homeserver
      const account = await accounts.login(homeserver, {
        type: "m.login.password", password,
        identifier: isMail ? { type: "m.id.thirdparty", medium: "email", address: name } : { type: "m.id.user", user: name.startsWith("@") && match === null ? name.slice(1) : name },
      })
      rememberPassword(account.userId, password)
      finish(account)
    } catch (problem) {
      setBusy(false)
      setError(problem instanceof MatrixError && problem.code === "M_FORBIDDEN" ? t("accounts.signIn.wrong") : failureText(problem))
    }
  }

  const server = state.kind === "ready" ? state.server : undefined
  const canRegister = (server?.flows.registration.length ?? 0) > 0
  return (
    <AccountFrame
      title={t("accounts.signIn.title")} text={server?.facts?.description ?? t("accounts.signIn.text")}
      footer={(
        <>
          {canRegister && <><span>{t("accounts.signIn.new")}</span><a href={href({ kind: "sign-up" })}>{t("accounts.signUp.action")}</a></>}
          {hasAccounts && <Button variant="link" onClick={() => navigate({ kind: "home", section: undefined })}>{t("common.back")}</Button>}
          {!canRegister && !hasAccounts && <span>{t("accounts.signIn.closed")}</span>}
        </>
      )}
    >
      <ServerChoice state={state} choose={choose} retry={retry} />
      {error !== undefined && <Banner kind="danger" isLive>{error}</Banner>}
      {server?.flows.password === true && (
        <form
          className="account-form" onSubmit={(event) => {
            event.preventDefault()
            void signIn(server)
          }}
        >
          <TextField label={t("accounts.username")} value={username} onChange={setUsername} autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus required />
          <PasswordField label={t("accounts.password")} value={password} onChange={setPassword} required />
          {server.facts?.hasMail !== false && <div className="account-side"><Button variant="link" size="small" onClick={() => setResetting(true)}>{t("accounts.signIn.forgotten")}</Button></div>}
          <Button type="submit" variant="primary" size="large" isBlock isBusy={isBusy}>{t("accounts.signIn.action")}</Button>
        </form>
      )}
      {server !== undefined && server.flows.sso.length > 0 && (
        <div className="account-form">
          {server.flows.password && <p className="account-or">{t("accounts.or")}</p>}
          {server.flows.sso.map((provider) => (
            <Button key={provider.id ?? ""} size="large" isBlock icon="external" onClick={() => beginSSO(platform.settings, server.homeserver, provider.id)}>
              {provider.name === "" ? t("accounts.signIn.sso") : t("accounts.signIn.ssoWith", { name: provider.name })}
            </Button>
          ))}
        </div>
      )}
      {server !== undefined && !server.flows.password && server.flows.sso.length === 0 && <Banner kind="warning">{t("accounts.signIn.noWay")}</Banner>}
    </AccountFrame>
  )
}
