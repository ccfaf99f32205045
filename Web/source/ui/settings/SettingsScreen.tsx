import { useEffect, useMemo, useRef, useState } from "react"
import { localpart } from "../../domain/rooms/roomName"
import { usePlatform, useSession } from "../bridge/contexts"
import { useObservable } from "../bridge/useObservable"
import { Avatar, Button, EmptyState, Icon, IconButton, isLayerOpen, isTextTarget, SearchField, useBreakpoint, useHotkey } from "../design"
import { t } from "../language/t"
import { href } from "../navigation/route"
import { navigate } from "../navigation/useRoute"
import { signOut } from "../accounts/signOut"
import { settingsPages, type SettingsPage } from "./pages"
import "./SettingsScreen.css"

const groups = ["account", "app", "other"] as const

/** All settings, as a screen of its own. */
export function SettingsScreen({ page }: { readonly page: string | undefined }) {
  const session = useSession()
  const platform = usePlatform()
  const isNarrow = useBreakpoint() === "narrow"
  const profile = useObservable(session.profile(session.userId))
  const [query, setQuery] = useState("")
  const heading = useRef<HTMLHeadingElement>(null)
  const current = settingsPages.find((one) => one.id === page) ?? (isNarrow ? undefined : settingsPages[0])
  const hits = useMemo(() => search(query), [query])
  const name = profile.displayName ?? localpart(session.userId)

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || isLayerOpen()) return
      // The first press leaves the field, so that nobody loses what they were writing.
      if (isTextTarget(event.target) && (event.target as HTMLInputElement).value !== "") (event.target as HTMLElement).blur()
      else close()
    }
    document.addEventListener("keydown", onKeyDown)
    return () => document.removeEventListener("keydown", onKeyDown)
  }, [])
  useEffect(() => {
    if (page !== undefined) heading.current?.focus({ preventScroll: true })
  }, [page])

  useHotkey("mod+/", () => navigate({ kind: "settings", page: "keyboard" }))
  const Content = current?.content
  const isList = isNarrow && current === undefined
  const Title = isList ? "h1" : "h2"
  const GroupTitle = isList ? "h2" : "h3"
  const Frame = isList ? "main" : "div"
  return (
    <div className="settings" data-open={page === undefined ? undefined : true}>
      <Frame className="settings-side"><nav className="settings-nav" aria-label={t("settings.title")}>
        <div className="settings-nav-head">
          {isNarrow && <IconButton icon="x" label={t("settings.close")} onClick={close} />}
          <Title>{t("settings.title")}</Title>
        </div>
        <SearchField label={t("settings.search")} value={query} onChange={setQuery} />
        {query.trim() === "" ? (
          <>
            <a className="settings-me" href={href({ kind: "settings", page: "account" })}>
              <Avatar id={session.userId} name={name} mxc={profile.avatar} size={40} />
              <span className="settings-me-text"><span className="one-line">{name}</span><span className="one-line">{session.userId}</span></span>
            </a>
            {groups.map((group) => (
              <div key={group} className="settings-nav-group">
                <GroupTitle id={`settings-${group}`}>{t(`settings.group.${group}`)}</GroupTitle>
                <ul aria-labelledby={`settings-${group}`}>{settingsPages.filter((one) => one.group === group).map((one) => <li key={one.id}><PageLink page={one} isCurrent={one === current} isNarrow={isNarrow} /></li>)}</ul>
              </div>
            ))}
            <Button variant="quiet" icon="door" className="settings-sign-out" onClick={() => void signOut(session, platform.settings)}>{t("accounts.signOut.action")}</Button>
          </>
        ) : hits.length === 0 ? <EmptyState icon="search" title={t("settings.nothing")} text={t("settings.nothingText", { query: query.trim() })} /> : (
          <ul className="settings-hits">
            {hits.map((hit) => (
              <li key={`${hit.page.id} ${hit.text}`}>
                <a className="settings-link" href={href({ kind: "settings", page: hit.page.id })} aria-current={hit.page === current && hit.isPage ? "page" : undefined}>
                  <Icon name={hit.page.icon} size={18} /><span className="settings-me-text"><span>{hit.text}</span>{!hit.isPage && <span>{t(hit.page.title)}</span>}</span>
                </a>
              </li>
            ))}
          </ul>
        )}
      </nav></Frame>
      {!isList && <main className="settings-main" id="main" tabIndex={-1}>
        <div className="settings-page">
          <header className="settings-head">
            {isNarrow && <IconButton icon="arrow-left" label={t("common.back")} onClick={() => navigate({ kind: "settings", page: undefined })} />}
            <h1 ref={heading} tabIndex={-1}>{current === undefined ? t("settings.title") : t(current.title)}</h1>
            {!isNarrow && <span className="settings-close"><IconButton icon="x" label={t("settings.close")} onClick={close} variant="plain" hotkey="escape" /></span>}
          </header>
          {Content !== undefined && <Content key={current?.id} />}
        </div>
      </main>}
    </div>
  )
}

function PageLink({ page, isCurrent, isNarrow }: { page: SettingsPage; isCurrent: boolean; isNarrow: boolean }) {
  return (
    <a className="settings-link" href={href({ kind: "settings", page: page.id })} aria-current={isCurrent ? "page" : undefined}>
      <Icon name={page.icon} size={18} /><span>{t(page.title)}</span>{isNarrow && <Icon name="chevron-right" size={16} />}
    </a>
  )
}

/** Back to where one came from, home where that is not known. */
function close() {
  const before = sessionStorage.getItem("martlet.before-settings")
  if (before !== null && !before.startsWith("#/settings")) location.hash = before
  else navigate({ kind: "home", section: undefined })
}

interface Hit { readonly page: SettingsPage; readonly text: string; readonly isPage: boolean }

function search(query: string): readonly Hit[] {
  const words = query.trim().toLowerCase().split(/\s+/)
  const matches = (text: string) => words.every((word) => text.toLowerCase().includes(word))
  const hits: Hit[] = []
  for (const page of settingsPages) {
    const title = t(page.title)
    if (matches(`${title} ${t(page.words)}`)) hits.push({ page, text: title, isPage: true })
    for (const term of page.terms) if (matches(t(term)) || (!matches(title) && matches(`${title} ${t(term)}`))) hits.push({ page, text: t(term), isPage: false })
  }
  return hits
}
