import { lazy, Suspense, useEffect, useMemo, useState } from "react"
import type { AccountRecord, Session } from "../../matrix/contract/session"
import { ClientSettings } from "../../domain/settings/ClientSettings"
import { SessionContext, useAccounts, usePlatform } from "../bridge/contexts"
import { SettingsContext, useSetting } from "../bridge/useSetting"
import { useObservable } from "../bridge/useObservable"
import { Button, Icon, showToast } from "../design"
import { setHourCycle } from "../language/format"
import { t, useLanguage } from "../language/t"
import { useRoute } from "../navigation/useRoute"
import { ErrorBoundary } from "./ErrorBoundary"
import { Splash } from "./Splash"
import { useDeviceName } from "./useDeviceName"
import { usePresence } from "./usePresence"
import { useTitle } from "./useTitle"

const loadShell = () => import("../shell/Shell")
const Shell = lazy(() => loadShell().then((module) => ({ default: module.Shell })))
const SettingsScreen = lazy(() => import("../settings/SettingsScreen").then((module) => ({ default: module.SettingsScreen })))
const RoomSettings = lazy(() => import("../communities/settings/RoomSettingsPage").then((module) => ({ default: module.RoomSettingsPage })))
const InviteLanding = lazy(() => import("../communities/InviteLanding").then((module) => ({ default: module.InviteLanding })))
const SignedOutScreen = lazy(() => import("../accounts/SignedOutScreen").then((module) => ({ default: module.SignedOutScreen })))
const EncryptionHost = lazy(() => import("../accounts/encryption/EncryptionHost").then((module) => ({ default: module.EncryptionHost })))

/** Opens an account and shows what belongs to it. */
export function SessionGate({ account }: { readonly account: AccountRecord }) {
  const accounts = useAccounts()
  const platform = usePlatform()
  const [session, setSession] = useState<Session>()
  const [error, setError] = useState<unknown>()
  const [round, setRound] = useState(0)

  useEffect(() => {
    // Its files come while the database is opened; where they do not, showing it tells why.
    loadShell().catch(() => undefined)
    let isOver = false
    let opened: Session | undefined
    accounts.open(account).then((next) => {
      if (isOver) return next.stop()
      opened = next
      next.start()
      setSession(next)
      return undefined
    }).catch((reason: unknown) => {
      if (!isOver) setError(reason)
    })
    return () => {
      isOver = true
      setSession(undefined)
      void opened?.stop()
    }
    // Tokens are renewed inside of a session: a new record of the same device is no reason to open it anew.
    // eslint-disable-next-line react/exhaustive-deps
  }, [accounts, account.userId, account.deviceId, round])

  const settings = useMemo(
    () => new ClientSettings(platform.settings, session, () => showToast({ kind: "error", text: t("app.settingNotSaved"), key: "setting" })), [platform, session],
  )
  useEffect(() => () => settings.close(), [settings])

  if (error !== undefined) {
    return (
      <OpenFailed
        error={error} account={account} onRetry={() => {
          setError(undefined)
          setRound((count) => count + 1)
        }}
      />
    )
  }
  if (session === undefined) return <Splash />
  return (
    <SessionContext.Provider value={session}>
      <SettingsContext.Provider value={settings}>
        <SignedIn session={session} onRenew={() => setRound((count) => count + 1)} />
      </SettingsContext.Provider>
    </SessionContext.Provider>
  )
}

function SignedIn({ session, onRenew }: { session: Session; onRenew: () => void }) {
  const route = useRoute()
  const language = useLanguage()
  const status = useObservable(session.status)
  const [clock] = useSetting("clock")
  const [appliedClock, setAppliedClock] = useState<typeof clock>()
  if (appliedClock !== clock) {
    setAppliedClock(clock)
    setHourCycle(clock === "system" ? undefined : clock === "12" ? "h12" : "h23")
  }
  useTitle(session)
  usePresence(session)
  useDeviceName(session)
  const storage = useObservable(session.storage)
  useEffect(() => {
    if (storage !== "lost") return
    return showToast({ text: t("app.storageLost"), action: { label: t("app.trouble.reload"), run: () => location.reload() }, duration: 0, key: "storage" })
  }, [storage])
  useEffect(() => {
    // The settings go back to where they were opened from.
    if (route.kind !== "settings") sessionStorage.setItem("martlet.before-settings", location.hash)
  }, [route])
  if (status.kind === "signed-out") return <Suspense fallback={<Splash />}><SignedOutScreen isSoft={status.soft} onRenew={onRenew} /></Suspense>
  const isOver = route.kind === "settings" || route.kind === "room-settings" || route.kind === "invite"
  return (
    <ErrorBoundary key={`${language} ${clock}`}>
      <Suspense fallback={<Splash />}>
        {route.kind === "settings" && <SettingsScreen page={route.page} />}
        {route.kind === "room-settings" && <RoomSettings room={route.room} page={route.page} />}
        {route.kind === "invite" && <InviteLanding code={route.code} key={route.code} />}
        {/* What lies under the settings keeps its place while they are open. */}
        <div className="session-under" hidden={isOver}><Shell /></div>
      </Suspense>
      <Suspense fallback={null}><EncryptionHost /></Suspense>
    </ErrorBoundary>
  )
}

function OpenFailed({ error, account, onRetry }: { error: unknown; account: AccountRecord; onRetry: () => void }) {
  const accounts = useAccounts()
  const others = useObservable(accounts.list).filter((one) => one.userId !== account.userId)
  return (
    <main className="trouble">
      <Icon name="martlet" size={48} />
      <h1>{t("app.openFailed.title")}</h1>
      <p>{t("app.openFailed.text", { reason: error instanceof Error ? error.message : String(error) })}</p>
      <div className="trouble-actions">
        {others.map((one) => <Button key={one.userId} onClick={() => accounts.select(one.userId)}>{t("app.openFailed.other", { user: one.userId })}</Button>)}
        <Button variant="primary" icon="refresh" onClick={onRetry}>{t("common.retry")}</Button>
      </div>
    </main>
  )
}
