import { memo, useState } from "react"
import { systemEvent, type SystemEvent } from "../../../domain/timeline/systemEvent"
import { memberName } from "../../../domain/rooms/roomName"
import type { TimelineEvent } from "../../../matrix/contract/timeline"
import { Button, Icon, type IconName } from "../../design"
import { formatDateTime, formatList, formatTime } from "../../language/format"
import { t } from "../../language/t"
import { navigate } from "../../navigation/useRoute"
import { useChat } from "../ChatContext"
import { systemText } from "./systemText"

/** A line about what happened to the room; a run of changes of members is one line that opens. */
export const SystemRow = memo(function SystemRow({ events }: { events: readonly TimelineEvent[] }) {
  const { room } = useChat()
  const [isOpen, setOpen] = useState(false)
  const name = (userId: string) => memberName(room.member(userId).get())
  const said = events.flatMap((event) => {
    const system = systemEvent(event)
    return system === undefined ? [] : [{ event, system }]
  })
  const [first] = said
  if (first === undefined) return null
  if (said.length <= 2) {
    return <div className="system-row" data-row-focus tabIndex={-1}>{said.map(({ event, system }) => <Line key={event.key} event={event} system={system} text={systemText(system, name)} />)}</div>
  }
  return (
    <div className="system-row" data-row-focus tabIndex={-1}>
      <button type="button" className="system-row-line system-row-summary" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name="users" size={16} />
        <span className="system-row-text">{summary(said.map((one) => one.system), name)}</span>
        <Icon name={isOpen ? "chevron-up" : "chevron-down"} size={14} />
      </button>
      {isOpen && said.map(({ event, system }) => <Line key={event.key} event={event} system={system} text={systemText(system, name)} />)}
    </div>
  )
})

function Line({ event, system, text }: { event: TimelineEvent; system: SystemEvent; text: string }) {
  return (
    <div className="system-row-line">
      <Icon name={iconOf(system)} size={16} />
      <span className="system-row-text" dir="auto">{text}</span>
      {system.kind === "upgraded" && system.successor !== undefined && <Button size="small" onClick={() => navigate({ kind: "room", room: system.successor ?? "", space: undefined, event: undefined, thread: undefined })}>{t("chat.system.goToNew")}</Button>}
      <time className="system-row-time" dateTime={new Date(event.timestamp).toISOString()} title={formatDateTime(event.timestamp)}>{formatTime(event.timestamp)}</time>
    </div>
  )
}

function iconOf(system: SystemEvent): IconName {
  switch (system.kind) {
    case "membership":
      return system.change === "joined" ? "arrow-right" : system.change === "left" || system.change === "kicked" ? "arrow-left" : system.change === "banned" ? "ban" : "user"
    case "encryption":
      return "lock"
    case "pinned":
    case "unpinned":
      return "pin"
    case "permissions":
    case "server-acl":
      return "shield"
    case "upgraded":
      return "sparkles"
    case "created":
      return "star"
    case "display-name":
    case "member-avatar":
      return "user"
    default:
      return "edit"
  }
}

/** "Ana and Ben joined, Cem left": by kind of change, each person once. */
function summary(said: readonly SystemEvent[], name: (userId: string) => string): string {
  const groups = new Map<string, Set<string>>()
  for (const one of said) {
    const kind = one.kind === "membership" ? one.change : "other"
    const user = one.kind === "membership" || one.kind === "display-name" || one.kind === "member-avatar" ? one.user : undefined
    if (user !== undefined) groups.set(kind, (groups.get(kind) ?? new Set()).add(user))
  }
  return [...groups].map(([kind, users]) => {
    const all = [...users]
    const shown = all.slice(0, 3).map(name)
    const people = all.length <= 3 ? formatList(shown) : t("chat.system.peopleAndOthers", { people: shown.join(", "), count: all.length - 3 })
    const key = kind === "joined" ? "chat.system.manyJoined" : kind === "left" ? "chat.system.manyLeft" : kind === "invited" ? "chat.system.manyInvited"
      : kind === "banned" ? "chat.system.manyBanned" : kind === "kicked" ? "chat.system.manyKicked" : kind === "other" ? "chat.system.manyProfiles" : "chat.system.manyOther"
    return t(key, { people })
  }).join(" · ")
}
