import { useEffect, useMemo } from "react"
import { derived } from "../../matrix/base/observable"
import type { Session } from "../../matrix/contract/session"
import { useObservable } from "../bridge/useObservable"
import { t } from "../language/t"
import { useRoute } from "../navigation/useRoute"

interface Counts { readonly highlights: number; readonly notifications: number; readonly isUnread: boolean }

/** The title of the window, its sign, and the number on the app's sign: what waits to be read. */
export function useTitle(session: Session) {
  const route = useRoute()
  const counts = useObservable(useMemo(() => derived([session.rooms], () => count(session), (a, b) => a.highlights === b.highlights && a.notifications === b.notifications && a.isUnread === b.isUnread), [session]))
  const roomId = route.kind === "room" || route.kind === "room-settings" ? route.room : route.kind === "space" ? route.space : undefined
  const summary = useObservable(roomId === undefined ? undefined : session.room(roomId)?.summary)
  const place = route.kind === "settings" ? t("app.title.settings") : summary?.name
  const { highlights, notifications, isUnread } = counts

  useEffect(() => {
    const mark = highlights > 0 ? `(${highlights > 99 ? "99+" : highlights}) ` : isUnread ? "• " : ""
    document.title = `${mark}${place === undefined ? "Martlet" : `${place} – Martlet`}`
  }, [highlights, isUnread, place])

  useEffect(() => {
    const icon = document.querySelector<HTMLLinkElement>("link[rel=icon]")
    if (icon !== null) icon.href = highlights > 0 ? "/favicon-mention.svg" : isUnread ? "/favicon-unread.svg" : "/favicon.svg"
  }, [highlights, isUnread])

  useEffect(() => {
    // Not in all browsers, and only for installed apps.
    const app = navigator as Navigator & { setAppBadge?: (count: number) => Promise<void>; clearAppBadge?: () => Promise<void> }
    const done = notifications > 0 ? app.setAppBadge?.(notifications) : app.clearAppBadge?.()
    done?.catch(() => undefined)
  }, [notifications])

  useEffect(() => () => {
    document.title = "Martlet"
    const app = navigator as Navigator & { clearAppBadge?: () => Promise<void> }
    app.clearAppBadge?.().catch(() => undefined)
  }, [session])
}

function count(session: Session): Counts {
  let highlights = 0
  let notifications = 0
  let isUnread = false
  for (const room of session.rooms.get()) {
    if (room.membership === "invite") {
      notifications += 1
      isUnread = true
    }
    if (room.membership !== "join" || room.type === "m.space") continue
    let [mentions, messages] = [room.unread.highlights, room.unread.notifications]
    for (const thread of room.unread.threads.values()) {
      mentions += thread.highlights
      messages += thread.notifications
    }
    highlights += mentions
    if (room.isMuted) continue
    notifications += messages
    isUnread ||= room.unread.isUnread
  }
  return { highlights, notifications: Math.max(notifications, highlights), isUnread }
}
