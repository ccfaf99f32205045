import { useMemo } from "react"
import { messageContent } from "../../../domain/timeline/MessageContent"
import { memberName } from "../../../domain/rooms/roomName"
import { constant } from "../../../matrix/base/observable"
import type { EventID } from "../../../matrix/contract/events"
import type { TimelineEvent } from "../../../matrix/contract/timeline"
import { useObservable } from "../../bridge/useObservable"
import { Avatar, classes, Icon, nameColour } from "../../design"
import { t } from "../../language/t"
import { useChat } from "../ChatContext"
import { readableColours } from "../html/colours"
import { useMember } from "../useMember"
import { useRoleColour } from "../useRoleColour"
import { messageGist } from "./messageGist"

const unknown = constant<TimelineEvent | undefined>(undefined)

/** What a message answers, in one line; pressing it goes there. */
export function ReplyQuote({ id }: { id: EventID }) {
  const { timeline, jumpTo } = useChat()
  const event = useObservable(useMemo(() => timeline?.event(id) ?? unknown, [timeline, id]))
  return (
    <button type="button" className="reply-quote" onClick={() => jumpTo(id)} aria-label={event === undefined ? t("chat.reply.jump") : t("chat.reply.jumpTo", { text: messageGist(event) })}>
      <Icon name="reply" size={14} />
      {event === undefined ? <span className="reply-quote-text">{t("chat.reply.notLoaded")}</span> : <Known event={event} />}
    </button>
  )
}

function Known({ event }: { event: TimelineEvent }) {
  const member = useMember(event.sender)
  const name = memberName(member)
  const colour = useRoleColour(event.sender)
  return (
    <>
      <Avatar id={event.sender} name={name} mxc={member.avatar} size={16} />
      <bdi className={classes("reply-quote-name", colour !== undefined && "html-coloured")} style={colour === undefined ? { color: nameColour(event.sender) } : readableColours(colour, null)}>{name}</bdi>
      <span className="reply-quote-text" dir="auto" data-quiet={messageContent(event).kind === "redacted" || undefined}>{messageGist(event)}</span>
    </>
  )
}
