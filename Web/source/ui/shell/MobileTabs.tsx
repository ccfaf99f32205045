import { useObservable } from "../bridge/useObservable"
import { Icon } from "../design"
import { t } from "../language/t"
import type { Route } from "../navigation/route"
import { MarkBadge } from "./MarkBadge"
import { RouteLink } from "./RouteLink"
import { useShell } from "./ShellState"
import "./MobileTabs.css"

export type MobileTab = "servers" | "messages" | "inbox" | "you"

/** The tabs at the foot of a narrow screen. */
export function MobileTabs({ current, serversRoute, onYou }: { current: MobileTab; serversRoute: Route; onYou: () => void }) {
  const { index } = useShell()
  const home = useObservable(index.homeUnread)
  const total = useObservable(index.totalUnread)
  const invites = useObservable(index.invites).length
  const serverMentions = Math.max(total.highlights - home.highlights, 0)
  const tab = (key: Exclude<MobileTab, "you">, icon: "grid" | "message" | "inbox", route: Route, badge: number) => (
    <li>
      <RouteLink className="mobile-tabs-tab" route={route} aria-current={current === key ? "page" : undefined}>
        <span className="mobile-tabs-icon"><Icon name={icon} size={22} /><MarkBadge count={badge} /></span>
        <span>{t(`shell.tab.${key}`)}</span>
        {badge > 0 && <span className="visually-hidden">, {t("shell.unreadMessages", { count: badge })}</span>}
      </RouteLink>
    </li>
  )
  return (
    <nav className="mobile-tabs" aria-label={t("shell.main")}>
      <ul>
        {tab("servers", "grid", serversRoute, serverMentions)}
        {tab("messages", "message", { kind: "home", section: "direct" }, home.notifications + invites)}
        {tab("inbox", "inbox", { kind: "home", section: "inbox" }, total.highlights)}
        <li>
          <button type="button" className="mobile-tabs-tab" aria-current={current === "you" ? "page" : undefined} onClick={onYou}>
            <span className="mobile-tabs-icon"><Icon name="user" size={22} /></span>
            <span>{t("shell.tab.you")}</span>
          </button>
        </li>
      </ul>
    </nav>
  )
}
