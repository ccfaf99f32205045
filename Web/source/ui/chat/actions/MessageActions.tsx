import { memo } from "react"
import { linkTo } from "../../../domain/markdown/matrixLinks"
import { textOfHTML } from "../../../domain/markdown/fromHTML"
import { messageContent } from "../../../domain/timeline/MessageContent"
import { serverName } from "../../../domain/rooms/roomName"
import { asStrings } from "../../../matrix/base/read"
import type { Room } from "../../../matrix/contract/room"
import type { TimelineEvent } from "../../../matrix/contract/timeline"
import { useSession } from "../../bridge/contexts"
import { useObservable } from "../../bridge/useObservable"
import { IconButton, MenuItem, MenuLine, showToast } from "../../design"
import { t } from "../../language/t"
import { useChat, type Chat } from "../ChatContext"
import { downloadFile } from "../media/download"
import { toggleReaction } from "../message/Reactions"
import { abilities, type Abilities } from "./messageAbilities"
import { DeleteDialog } from "./DeleteDialog"
import { ForwardDialog } from "./ForwardDialog"
import { ReportDialog } from "./ReportDialog"
import { SourceDialog } from "./SourceDialog"

const quick = ["👍", "❤️", "😂", "🎉"]

/** What can be done with a message, when one points at it: the few things most wanted, and the rest in a menu. */
export const MessageActions = memo(function MessageActions({ event, onReact, onMenu }: { event: TimelineEvent; onReact: (anchor: Element) => void; onMenu: (anchor: Element) => void }) {
  const chat = useChat()
  const can = useAbilities(event)
  if (event.id === undefined) return null
  const id = event.id
  return (
    <div className="message-actions" role="toolbar" aria-label={t("chat.actions.toolbar")}>
      {can.react && quick.slice(0, 3).map((emoji) => <button key={emoji} type="button" className="message-actions-emoji" tabIndex={-1} aria-label={t("chat.actions.reactWith", { emoji })} onClick={() => toggleReaction(chat.room, event, emoji)}>{emoji}</button>)}
      {can.react && <IconButton icon="smile-plus" size="small" tabIndex={-1} label={t("chat.actions.react")} onClick={(press) => onReact(press.currentTarget)} />}
      {can.edit && <IconButton icon="edit" size="small" tabIndex={-1} label={t("common.edit")} onClick={() => chat.edit(event)} />}
      {can.reply && <IconButton icon="reply" size="small" tabIndex={-1} label={t("chat.actions.reply")} onClick={() => chat.reply(event)} />}
      {can.thread && chat.thread === undefined && <IconButton icon="thread" size="small" tabIndex={-1} label={t("chat.actions.thread")} onClick={() => chat.openThread(id)} />}
      <IconButton icon="dots" size="small" tabIndex={-1} label={t("common.more")} aria-haspopup="menu" onClick={(press) => onMenu(press.currentTarget)} />
    </div>
  )
})

function useAbilities(event: TimelineEvent): Abilities {
  const { userId } = useSession()
  const { room, canWrite } = useChat()
  return abilities(event, userId, useObservable(room.permissions), canWrite)
}

/** Everything that can be done with a message. */
export function MessageMenu({ event, onReact }: { event: TimelineEvent; onReact: () => void }) {
  const chat = useChat()
  const session = useSession()
  const can = useAbilities(event)
  const pinned = asStrings(useObservable(chat.room.state("m.room.pinned_events"))?.["pinned"])
  const id = event.id
  if (id === undefined) return <MenuItem icon="x" onSelect={() => chat.room.cancel(event.key)}>{t("chat.actions.cancelSending")}</MenuItem>
  const content = messageContent(event)
  const text = content.kind === "text" ? (content.html === undefined ? content.body : textOfHTML(content.html)) : "caption" in content ? content.caption?.body : undefined
  const file = content.kind === "image" || content.kind === "video" || content.kind === "file" || content.kind === "audio" || content.kind === "voice" ? content.file : undefined
  const isPinned = pinned.includes(id)
  const copy = (value: string, told: string) => void navigator.clipboard.writeText(value).then(() => showToast({ text: told }), () => showToast({ kind: "error", text: t("chat.actions.copyFailed") }))
  return (
    <>
      {can.react && <MenuItem icon="smile-plus" hotkey="+" onSelect={onReact}>{t("chat.actions.react")}</MenuItem>}
      {can.reply && <MenuItem icon="reply" hotkey="r" onSelect={() => chat.reply(event)}>{t("chat.actions.reply")}</MenuItem>}
      {can.thread && chat.thread === undefined && <MenuItem icon="thread" hotkey="t" onSelect={() => chat.openThread(id)}>{t("chat.actions.thread")}</MenuItem>}
      {can.edit && <MenuItem icon="edit" hotkey="e" onSelect={() => chat.edit(event)}>{t("common.edit")}</MenuItem>}
      {can.forward && <MenuItem icon="forward" hotkey="f" onSelect={() => chat.show((close) => <ForwardDialog event={event} onClose={close} />)}>{t("chat.actions.forward")}</MenuItem>}
      <MenuLine />
      {text !== undefined && text !== "" && <MenuItem icon="copy" hotkey="c" onSelect={() => copy(text, t("chat.actions.textCopied"))}>{t("chat.actions.copyText")}</MenuItem>}
      <MenuItem icon="link" onSelect={() => copy(messageLink(chat.room, id), t("chat.linkCopied"))}>{t("chat.actions.copyLink")}</MenuItem>
      {file !== undefined && <MenuItem icon="download" onSelect={() => void downloadFile(session.media, file).catch(() => showToast({ kind: "error", text: t("chat.media.downloadFailed") }))}>{t("chat.actions.save")}</MenuItem>}
      {can.pin && <MenuItem icon={isPinned ? "pin-off" : "pin"} hotkey="p" onSelect={() => setPinned(chat.room, id, !isPinned)}>{isPinned ? t("chat.actions.unpin") : t("chat.actions.pin")}</MenuItem>}
      {chat.thread === undefined && <MenuItem icon="circle-dot" hotkey="u" onSelect={() => markUnread(chat)}>{t("chat.actions.markUnread")}</MenuItem>}
      <MenuItem icon="check-circle" onSelect={() => chat.select(new Set([id]))}>{t("chat.actions.select")}</MenuItem>
      <MenuItem icon="code" onSelect={() => chat.show((close) => <SourceDialog event={event} onClose={close} />)}>{t("chat.actions.source")}</MenuItem>
      {(can.report || can.remove) && <MenuLine />}
      {can.report && <MenuItem icon="flag" isDanger onSelect={() => chat.show((close) => <ReportDialog id={id} onClose={close} />)}>{t("chat.actions.report")}</MenuItem>}
      {can.remove && <MenuItem icon="trash" isDanger hotkey="delete" onSelect={() => askDelete(chat, [id], event.sender === session.userId)}>{t("common.delete")}</MenuItem>}
    </>
  )
}

/** Asks, then deletes messages. */
export function askDelete(chat: Chat, ids: readonly string[], areOwn: boolean) {
  chat.show((close) => <DeleteDialog ids={ids} areOwn={areOwn} onClose={close} />)
}

/** The link that leads other people to a message. */
export function messageLink(room: Room, id: string): string {
  const summary = room.summary.get()
  const via = [serverName(room.id), ...room.members.get().slice(0, 50).map((member) => serverName(member.userId))].filter((name) => name !== room.id && name !== "")
  return linkTo({ kind: "event", room: summary.alias ?? room.id, eventId: id, via: summary.alias === undefined ? [...new Set(via)].slice(0, 3) : [] })
}

/** Pins or unpins a message, telling when that failed. */
export function setPinned(room: Room, id: string, isPinned: boolean) {
  const now = asStrings(room.state("m.room.pinned_events").get()?.["pinned"]).filter((one) => one !== id)
  room.setState("m.room.pinned_events", "", { pinned: isPinned ? [...now, id] : now }).catch(() => showToast({ kind: "error", text: t("chat.actions.pinFailed") }))
}

export function markUnread(chat: Chat) {
  chat.room.markUnread(true).then(() => showToast({ text: t("chat.actions.markedUnread") }), () => showToast({ kind: "error", text: t("chat.actions.markFailed") }))
}

/** What a key does to the message that has the focus; false where it does nothing. */
export function runMessageKey(key: string, event: TimelineEvent, chat: Chat, userId: string, react: () => void): boolean {
  const can = abilities(event, userId, chat.room.permissions.get(), chat.canWrite)
  const id = event.id
  if (id === undefined) return false
  switch (key) {
    case "r":
      if (!can.reply) return false
      chat.reply(event)
      return true
    case "e":
      if (!can.edit) return false
      chat.edit(event)
      return true
    case "+":
      if (!can.react) return false
      react()
      return true
    case "t":
      if (!can.thread || chat.thread !== undefined) return false
      chat.openThread(id)
      return true
    case "f":
      if (!can.forward) return false
      chat.show((close) => <ForwardDialog event={event} onClose={close} />)
      return true
    case "p":
      if (!can.pin) return false
      setPinned(chat.room, id, !asStrings(chat.room.state("m.room.pinned_events").get()?.["pinned"]).includes(id))
      return true
    case "u":
      markUnread(chat)
      return true
    case "c": {
      const content = messageContent(event)
      if (content.kind !== "text") return false
      void navigator.clipboard.writeText(content.body).then(() => showToast({ text: t("chat.actions.textCopied") }), () => undefined)
      return true
    }
    case "Delete":
    case "Backspace":
      if (!can.remove) return false
      askDelete(chat, [id], event.sender === userId)
      return true
    default:
      return false
  }
}

