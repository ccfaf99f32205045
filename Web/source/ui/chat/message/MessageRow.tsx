import { memo, useState } from "react"
import { memberName } from "../../../domain/rooms/roomName"
import { messageContent } from "../../../domain/timeline/MessageContent"
import type { Receipt } from "../../../matrix/contract/room"
import type { TimelineEvent } from "../../../matrix/contract/timeline"
import { Avatar, Checkbox, classes, Icon, nameColour, Tooltip, useContextMenu } from "../../design"
import { formatDateTime, formatTime } from "../../language/format"
import { t } from "../../language/t"
import { useChat } from "../ChatContext"
import { readableColours } from "../html/colours"
import { useMember } from "../useMember"
import { MessageActions, MessageMenu } from "../actions/MessageActions"
import { ReactionPicker } from "../actions/ReactionPicker"
import { useRoleColour } from "../useRoleColour"
import { MessageBody } from "./MessageBody"
import { messageGist } from "./messageGist"
import { PersonCard } from "./PersonCard"
import { Reactions } from "./Reactions"
import { ReadBy } from "./ReadBy"
import { ReplyQuote } from "./ReplyQuote"
import { SendingLine } from "./SendingLine"
import { ThreadChip } from "./ThreadChip"
import "./message.css"

/** A message with all that belongs to it: who, when, what it answers, reactions, thread, readers, and what can be done with it. */
export const MessageRow = memo(function MessageRow({ events, startsGroup, isHighlighted, isActive, receipts, position, size }: {
  events: readonly TimelineEvent[]; startsGroup: boolean; isHighlighted: boolean; isActive: boolean; receipts: readonly Receipt[]; position: number; size: number
}) {
  const [first] = events
  const event = events[events.length - 1]
  const { thread, selection, select } = useChat()
  const [reactingAt, setReactingAt] = useState<Element>()
  // What can be done with it is only made for the message one points at or has the focus on.
  const [isPointed, setPointed] = useState(false)
  const [hasFocus, setFocused] = useState(false)
  const { handlers, menu, openAt, isOpen } = useContextMenu(() => {
    // Links and selected words keep the browser's menu.
    if (event === undefined || (window.getSelection()?.toString() ?? "") !== "") return undefined
    return <MessageMenu event={event} onReact={() => setReactingAt(document.querySelector(`[data-key="${CSS.escape(first?.key ?? "")}"] [data-row-focus]`) ?? undefined)} />
  }, t("chat.actions.menu"))
  const sender = useMember(first?.sender ?? "")
  const colour = useRoleColour(sender.userId)
  if (first === undefined || event === undefined) return null
  const name = memberName(sender)
  const content = messageContent(first)
  const isNotice = content.kind === "text" && content.style === "notice"
  const id = event.id
  const isSelected = id !== undefined && selection?.has(id) === true
  return (
    <article
      {...handlers} onPointerEnter={(press) => press.pointerType !== "touch" && setPointed(true)} onPointerMove={(press) => !isPointed && press.pointerType !== "touch" && setPointed(true)} onPointerLeave={() => setPointed(false)}
      onFocus={() => setFocused(true)} onBlur={(blur) => setFocused(blur.currentTarget.contains(blur.relatedTarget))} className={classes("message", startsGroup && "message-starts", first.mentionsMe && "message-mentions", isHighlighted && "message-highlighted", selection !== undefined && "message-selecting", isSelected && "message-selected")}
      data-row-focus tabIndex={isActive ? 0 : -1} aria-posinset={position} aria-setsize={size} data-sending={first.sending.kind} data-event={event.id ?? event.key}
      aria-label={t("chat.message.label", { name, text: messageGist(first), time: formatDateTime(first.timestamp) })}
    >
      {selection !== undefined && id !== undefined && <Checkbox className="message-check" label={<span className="visually-hidden">{t("chat.select.this")}</span>} isChecked={isSelected} onChange={(isOn) => {
        const next = new Set(selection)
        if (isOn) next.add(id)
        else next.delete(id)
        select(next)
      }} />}
      {first.replyTo !== undefined && <ReplyQuote id={first.replyTo} />}
      <div className="message-main">
        <div className="message-gutter">
          {startsGroup ? <PersonButton userId={first.sender}><Avatar id={first.sender} name={name} mxc={sender.avatar} size={40} /></PersonButton>
            : <time className="message-gutter-time" dateTime={new Date(first.timestamp).toISOString()} aria-hidden="true">{formatTime(first.timestamp)}</time>}
        </div>
        <div className="message-content">
          {startsGroup && (
            <header className="message-head">
              <PersonButton userId={first.sender}><bdi className={classes("message-name", colour !== undefined && "html-coloured")} style={colour === undefined ? { color: nameColour(first.sender) } : readableColours(colour, null)}>{name}</bdi></PersonButton>
              {sender.isAmbiguous && <span className="message-id">{first.sender}</span>}
              {isNotice && <span className="message-bot">{t("chat.message.bot")}</span>}
              <time className="message-time" dateTime={new Date(first.timestamp).toISOString()} title={formatDateTime(first.timestamp)}>{formatTime(first.timestamp)}</time>
              <Shield event={first} />
            </header>
          )}
          <MessageBody events={events} />
          <Reactions event={event} onAdd={setReactingAt} />
          {thread === undefined && <ThreadChip event={event} />}
          <SendingLine event={event} />
        </div>
        {receipts.length > 0 && <ReadBy receipts={receipts} />}
      </div>
      {selection === undefined && (isPointed || hasFocus || isOpen) && <MessageActions event={event} onReact={setReactingAt} onMenu={openAt} />}
      {menu}
      {reactingAt !== undefined && <ReactionPicker event={event} anchor={reactingAt} onClose={() => setReactingAt(undefined)} />}
    </article>
  )
})

function PersonButton({ userId, children }: { userId: string; children: React.ReactNode }) {
  const [anchor, setAnchor] = useState<Element>()
  const name = memberName(useMember(userId))
  return (
    <>
      <button type="button" className="message-person" tabIndex={-1} aria-label={t("chat.person.open", { name })} aria-haspopup="dialog" onClick={(event) => setAnchor(event.currentTarget)}>{children}</button>
      {anchor !== undefined && <PersonCard anchor={anchor} userId={userId} onClose={() => setAnchor(undefined)} />}
    </>
  )
}

/** What is doubtful about who encrypted a message. */
function Shield({ event }: { event: TimelineEvent }) {
  if (event.encryption.kind !== "decrypted" || event.encryption.shield === undefined) return null
  const text = t(`chat.shield.${event.encryption.shield}`)
  return <Tooltip text={text}><span className="message-shield" tabIndex={-1}><Icon name="shield-warning" size={16} label={text} /></span></Tooltip>
}
