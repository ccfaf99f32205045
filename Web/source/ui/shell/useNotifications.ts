import { useEffect, useRef } from "react"
import type { IncomingNotification } from "../../matrix/contract/session"
import { NotificationCentre } from "../../domain/notifications/NotificationCentre"
import type { Decision, NotificationWishes } from "../../domain/notifications/decide"
import { gist } from "../../domain/notifications/gist"
import { memberName } from "../../domain/rooms/roomName"
import { usePlatform } from "../bridge/contexts"
import { t } from "../language/t"
import { href } from "../navigation/route"
import { gistText } from "./gistText"
import { roomRoute } from "./hooks"
import { roomTitle } from "./roomTitle"
import { usePlace } from "./usePlace"
import type { ShellState } from "./ShellState"
import { playTone } from "./tones"

/** Tells of messages with sounds and desktop notifications, as the person wishes it. */
export function useNotifications(shell: ShellState, wishes: () => NotificationWishes) {
  const platform = usePlatform()
  const route = usePlace()
  const room = route.kind === "room" ? route.room : undefined
  const current = useRef<NotificationCentre>()

  useEffect(() => {
    const { session, index } = shell
    const centre = new NotificationCentre(platform, {
      userId: session.userId,
      onNotification: (listener) => session.onNotification(listener),
      wishes,
      isRoomMuted: (id) => index.summary(id)?.isMuted === true,
      isServerMuted: (id) => {
        const server = index.serverOf(id)
        return server !== undefined && index.summary(server)?.isMuted === true && index.summary(id)?.isDirect !== true
      },
      present: (notification, decision) => {
        if (decision.sound !== undefined) playTone(decision.sound)
        if (decision.desktop) void showDesktop(shell, notification, decision, wishes().preview)
      },
    })
    centre.start()
    current.current = centre
    return () => centre.stop()
  }, [shell, platform, wishes])

  useEffect(() => {
    const look = () => current.current?.look(document.hasFocus() && document.visibilityState === "visible", room)
    look()
    const beat = setInterval(look, 45_000)
    addEventListener("focus", look)
    addEventListener("blur", look)
    document.addEventListener("visibilitychange", look)
    return () => {
      clearInterval(beat)
      removeEventListener("focus", look)
      removeEventListener("blur", look)
      document.removeEventListener("visibilitychange", look)
    }
  }, [shell, platform, room, wishes])

  useEffect(() => {
    const opened = (event: MessageEvent) => {
      const data: unknown = event.data
      if (typeof data === "object" && data !== null && "kind" in data && "target" in data) {
        const { kind, target } = data as { kind: unknown; target: unknown }
        if (kind === "open" && typeof target === "string" && target.startsWith("/#/")) location.hash = target.slice(1)
      }
    }
    navigator.serviceWorker?.addEventListener("message", opened)
    return () => navigator.serviceWorker?.removeEventListener("message", opened)
  }, [])
}

async function showDesktop(shell: ShellState, notification: IncomingNotification, decision: Decision, preview: NotificationWishes["preview"]): Promise<void> {
  if (!("Notification" in window) || Notification.permission !== "granted") return
  const summary = shell.index.summary(notification.room)
  const room = shell.session.room(notification.room)
  if (summary === undefined || room === undefined) return
  const sender = memberName(room.member(notification.event.sender).get())
  // Strangers' names for themselves and their rooms are not shown before an invite is accepted.
  const isInvite = summary.membership === "invite"
  const title = isInvite ? t("shell.notification.invite") : preview === "none" ? t("shell.notification.message")
    : summary.isDirect && summary.joinedCount <= 2 ? sender
    : t("shell.notification.inRoom", { name: sender, room: roomTitle(summary) })
  const body = isInvite ? (preview === "none" ? "" : notification.event.sender) : preview === "full" ? gistText(gist(notification.event)) : ""
  const target = "/" + href(roomRoute(shell, notification.room, isInvite ? {} : { event: notification.event.id, thread: notification.event.threadRoot }))
  // One notification a room: the newest takes the place of the one before.
  const options = { body, tag: notification.room, icon: "/icon-192.png", data: target, silent: true, renotify: decision.sound !== undefined }
  const registration = await navigator.serviceWorker?.getRegistration()
  if (registration !== undefined) return registration.showNotification(title, options)
  const shown = new Notification(title, options)
  shown.addEventListener("click", () => {
    window.focus()
    location.hash = target.slice(1)
    shown.close()
  })
}

/** Takes back the notifications of a room, when it has been read. */
export async function closeNotifications(room: string): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration()
  for (const shown of (await registration?.getNotifications({ tag: room })) ?? []) shown.close()
}
