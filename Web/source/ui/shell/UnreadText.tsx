import type { UnreadMark } from "../../domain/rooms/unread"
import { t } from "../language/t"

/** What is unread, for people who hear the screen. */
export function UnreadText({ mark }: { mark: UnreadMark }) {
  if (mark.badge > 0) return <span className="visually-hidden">, {mark.isMention ? t("shell.mentions", { count: mark.badge }) : t("shell.unreadMessages", { count: mark.badge })}</span>
  return mark.isUnread ? <span className="visually-hidden">, {t("shell.unread")}</span> : null
}
