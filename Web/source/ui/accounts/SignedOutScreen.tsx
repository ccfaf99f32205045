import { useEffect, useState } from "react"
import { localpart } from "../../domain/rooms/roomName"
import { useAccounts, usePlatform, useSession } from "../bridge/contexts"
import { useObservable } from "../bridge/useObservable"
import { Banner, Button, confirm, PasswordField } from "../design"
import { t } from "../language/t"
import { MatrixError } from "../../matrix/contract/session"
import { AccountFrame } from "./AccountFrame"
import { failureText } from "./failureText"
import { rememberPassword } from "./passwordMemory"
import { beginSSO } from "./sso"

/** The server no longer knows this device: sign in again (and keep everything, where that is possible), or leave. */
export function SignedOutScreen({ isSoft, onRenew }: { readonly isSoft: boolean; readonly onRenew: () => void }) {
  const accounts = useAccounts()
  const platform = usePlatform()
  const session = useSession()
  const { account } = session
  const profile = useObservable(session.profile(session.userId))
  const others = useObservable(accounts.list).filter((one) => one.userId !== account.userId)
  const [password, setPassword] = useState("")
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const [hasSSO, setHasSSO] = useState(false)

  useEffect(() => {
    let isOver = false
    accounts.loginFlows(account.homeserver).then((flows) => {
      if (!isOver) setHasSSO(flows.sso.length > 0)
    }, () => undefined)
    return () => {
      isOver = true
    }
  }, [accounts, account.homeserver])

  const signIn = async () => {
    setBusy(true)
    setError(undefined)
    try {
      const next = await accounts.login(account.homeserver, {
        type: "m.login.password", identifier: { type: "m.id.user", user: account.userId }, password, ...(isSoft ? { device_id: account.deviceId } : {}),
      })
      rememberPassword(next.userId, password)
      // A device that was signed out for good has keys that nobody trusts any more: it begins anew.
      if (!isSoft) await session.signOut().catch(() => undefined)
      accounts.add(next)
      if (next.deviceId === account.deviceId) onRenew()
    } catch (problem) {
      setBusy(false)
      setError(problem instanceof MatrixError && problem.code === "M_FORBIDDEN" ? t("accounts.stage.wrongPassword") : failureText(problem))
    }
  }
  const leave = async () => {
    if (!(await confirm({ title: t("accounts.signedOut.forgetTitle"), text: t("accounts.signedOut.forgetText"), action: t("accounts.signedOut.forget"), isDanger: true }))) return
    await session.signOut()
  }
  return (
    <AccountFrame
      title={t("accounts.signedOut.title")} text={isSoft ? t("accounts.signedOut.soft") : t("accounts.signedOut.hard")}
      footer={(
        <>
          {others.map((one) => <Button key={one.userId} variant="link" onClick={() => accounts.select(one.userId)}>{t("accounts.signedOut.other", { user: one.userId })}</Button>)}
          <Button variant="link" onClick={() => void leave()}>{t("accounts.signedOut.forget")}</Button>
        </>
      )}
    >
      <p className="account-server"><span className="account-server-text"><span className="account-server-name">{profile.displayName ?? localpart(account.userId)}</span><span className="account-server-hint">{account.userId}</span></span></p>
      {error !== undefined && <Banner kind="danger" isLive>{error}</Banner>}
      <form
        className="account-form" onSubmit={(event) => {
          event.preventDefault()
          if (password !== "") void signIn()
        }}
      >
        <input type="text" autoComplete="username" value={account.userId} readOnly hidden />
        <PasswordField label={t("accounts.password")} value={password} onChange={setPassword} autoFocus />
        <Button type="submit" variant="primary" size="large" isBlock isBusy={isBusy} disabled={password === ""}>{t("accounts.signIn.action")}</Button>
      </form>
      {!isSoft && hasSSO && <Button variant="link" onClick={() => beginSSO(platform.settings, account.homeserver, undefined)}>{t("accounts.signIn.sso")}</Button>}
    </AccountFrame>
  )
}
