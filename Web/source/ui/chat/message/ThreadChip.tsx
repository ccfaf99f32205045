import { memberName } from "../../../domain/rooms/roomName"
import type { TimelineEvent } from "../../../matrix/contract/timeline"
import { useObservable } from "../../bridge/useObservable"
import { Avatar, Icon } from "../../design"
import { formatRelative } from "../../language/format"
import { t } from "../../language/t"
import { useChat } from "../ChatContext"
import { useMember } from "../useMember"
import { messageGist } from "./messageGist"

/** That a message has a thread: how long it is, what was said last. */
export function ThreadChip({ event }: { event: TimelineEvent }) {
  const { openThread, room } = useChat()
  const unread = useObservable(room.summary).unread.threads.get(event.id ?? "")
  if (event.thread === undefined || event.id === undefined) return null
  const { count, latest } = event.thread
  const id = event.id
  return (
    <button type="button" className="thread-chip" data-unread={unread !== undefined && unread.notifications > 0 ? true : undefined} onClick={() => openThread(id)}>
      <Icon name="thread" size={16} />
      <span className="thread-chip-count">{t("chat.thread.count", { count })}</span>
      {latest !== undefined && <Latest event={latest} />}
    </button>
  )
}

function Latest({ event }: { event: TimelineEvent }) {
  const member = useMember(event.sender)
  const name = memberName(member)
  return (
    <>
      <Avatar id={event.sender} name={name} mxc={member.avatar} size={18} />
      <span className="thread-chip-text one-line" dir="auto">{messageGist(event)}</span>
      <span className="thread-chip-time">{formatRelative(event.timestamp)}</span>
    </>
  )
}
