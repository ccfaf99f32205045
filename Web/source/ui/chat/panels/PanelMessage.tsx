import type { ReactNode } from "react"
import { memberName } from "../../../domain/rooms/roomName"
import type { TimelineEvent } from "../../../matrix/contract/timeline"
import { Avatar, nameColour } from "../../design"
import { formatDateTime, formatRelative } from "../../language/format"
import { MessageBody } from "../message/MessageBody"
import { useMember } from "../useMember"
import "../message/message.css"

/** A message in a list beside the conversation. */
export function PanelMessage({ event, children }: { event: TimelineEvent; children?: ReactNode }) {
  const member = useMember(event.sender)
  const name = memberName(member)
  return (
    <article className="panel-message">
      <header className="panel-message-head">
        <Avatar id={event.sender} name={name} mxc={member.avatar} size={24} />
        <bdi className="message-name" style={{ color: nameColour(event.sender) }}>{name}</bdi>
        <time className="message-time" dateTime={new Date(event.timestamp).toISOString()} title={formatDateTime(event.timestamp)}>{formatRelative(event.timestamp)}</time>
      </header>
      <div className="panel-message-body"><MessageBody events={[event]} /></div>
      {children !== undefined && <footer className="panel-message-foot">{children}</footer>}
    </article>
  )
}
