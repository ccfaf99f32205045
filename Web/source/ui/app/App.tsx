import { lazy, Suspense, useEffect, useMemo, type ReactNode } from "react"
import type { Platform } from "../../matrix/contract/platform"
import type { Accounts } from "../../matrix/contract/session"
import { ClientSettings } from "../../domain/settings/ClientSettings"
import { AccountsContext, PlatformContext } from "../bridge/contexts"
import { SettingsContext } from "../bridge/useSetting"
import { useObservable } from "../bridge/useObservable"
import { Confirmations, Toasts } from "../design"
import { useLanguage } from "../language/t"
import { useRoute } from "../navigation/useRoute"
import { rememberDestination } from "../accounts/destination"
import { Announcements } from "./Announcements"
import { ErrorBoundary } from "./ErrorBoundary"
import { SessionGate } from "./SessionGate"
import { Splash } from "./Splash"
import { useAppearance } from "./useAppearance"
import "./App.css"

const SignInScreen = lazy(() => import("../accounts/SignInScreen").then((module) => ({ default: module.SignInScreen })))
const SignUpScreen = lazy(() => import("../accounts/SignUpScreen").then((module) => ({ default: module.SignUpScreen })))
const InviteLanding = lazy(() => import("../communities/InviteLanding").then((module) => ({ default: module.InviteLanding })))
const AuthenticationHost = lazy(() => import("../accounts/AuthenticationHost").then((module) => ({ default: module.AuthenticationHost })))

/** The whole client. */
export function App({ accounts, platform }: { readonly accounts: Accounts; readonly platform: Platform }) {
  const deviceSettings = useMemo(() => new ClientSettings(platform.settings, undefined), [platform])
  return (
    <PlatformContext.Provider value={platform}>
      <AccountsContext.Provider value={accounts}>
        <SettingsContext.Provider value={deviceSettings}>
          <ErrorBoundary>
            <Appearance>
              <Screens accounts={accounts} />
              <Confirmations />
              <Toasts />
              <Announcements />
              <Suspense fallback={null}><AuthenticationHost /></Suspense>
            </Appearance>
          </ErrorBoundary>
        </SettingsContext.Provider>
      </AccountsContext.Provider>
    </PlatformContext.Provider>
  )
}

/** Theme, size and language of the page; everything is rendered anew when the language changes. */
function Appearance({ children }: { children: ReactNode }) {
  const isReady = useAppearance()
  useLanguage()
  return isReady ? <>{children}</> : <Splash />
}

function Screens({ accounts }: { accounts: Accounts }) {
  const route = useRoute()
  const list = useObservable(accounts.list)
  const current = useObservable(accounts.current)
  const language = useLanguage()
  const account = list.find((one) => one.userId === current) ?? list[0]
  const isEntry = route.kind === "sign-in" || route.kind === "sign-up"

  useEffect(() => {
    // Wherever somebody wanted to go: they get there after signing in.
    if (account === undefined && !isEntry) rememberDestination(route)
  }, [account, isEntry, route])

  if (isEntry || account === undefined) {
    const isInvite = route.kind === "invite"
    return (
      <Suspense fallback={<Splash />}>
        {isInvite ? <InviteLanding code={route.code} key={route.code} /> : route.kind === "sign-up" ? <SignUpScreen key={language} /> : <SignInScreen key={language} />}
      </Suspense>
    )
  }
  return <SessionGate key={`${account.userId} ${account.deviceId}`} account={account} />
}
