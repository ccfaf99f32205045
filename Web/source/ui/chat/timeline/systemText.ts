import type { SystemEvent } from "../../../domain/timeline/systemEvent"
import { t } from "../../language/t"

/** A state event in words; `name` gives people's names. */
export function systemText(event: SystemEvent, name: (userId: string) => string): string {
  switch (event.kind) {
    case "membership": {
      const text = t(`chat.system.${event.change}`, { user: name(event.user), by: name(event.by) })
      return event.reason === undefined ? text : t("chat.system.withReason", { text, reason: event.reason })
    }
    case "display-name":
      if (event.after === undefined) return t("chat.system.nameRemoved", { user: name(event.user) })
      return event.before === undefined ? t("chat.system.nameSet", { user: event.user, name: event.after }) : t("chat.system.nameChanged", { before: event.before, after: event.after })
    case "member-avatar":
      return t("chat.system.memberAvatar", { user: name(event.user) })
    case "name":
      return event.name === undefined ? t("chat.system.roomNameRemoved", { by: name(event.by) }) : t("chat.system.roomName", { by: name(event.by), name: event.name })
    case "topic":
      return event.topic === undefined ? t("chat.system.topicRemoved", { by: name(event.by) }) : t("chat.system.topic", { by: name(event.by), topic: event.topic })
    case "pinned":
    case "unpinned":
      return t(`chat.system.${event.kind}`, { by: name(event.by), count: event.count })
    case "join-rule":
      return t(event.rule === "public" ? "chat.system.joinPublic" : event.rule === "knock" || event.rule === "knock_restricted" ? "chat.system.joinKnock" : event.rule === "restricted" ? "chat.system.joinRestricted" : "chat.system.joinInvite", { by: name(event.by) })
    case "history":
      return t(event.visibility === "world_readable" ? "chat.system.historyWorld" : event.visibility === "shared" ? "chat.system.historyShared" : "chat.system.historyJoined", { by: name(event.by) })
    default:
      return t(`chat.system.${event.kind}`, { by: name(event.by) })
  }
}
