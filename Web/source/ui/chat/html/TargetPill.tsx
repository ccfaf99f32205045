import { useRef, useState } from "react"
import type { MatrixTarget } from "../../../domain/markdown/matrixLinks"
import { memberName, roomName } from "../../../domain/rooms/roomName"
import { useSession } from "../../bridge/contexts"
import { useObservable } from "../../bridge/useObservable"
import { Icon } from "../../design/Icon"
import { t } from "../../language/t"
import { navigate } from "../../navigation/useRoute"
import { useChat } from "../ChatContext"
import { PersonCard } from "../message/PersonCard"

/** A person, room or message that is mentioned, as a small label that leads there. */
export function TargetPill({ target, text }: { target: MatrixTarget; text: string }) {
  return target.kind === "user" ? <UserPill userId={target.userId} /> : <RoomPill target={target} text={text} />
}

function UserPill({ userId }: { userId: string }) {
  const { userId: own } = useSession()
  const { room } = useChat()
  const member = useObservable(room.member(userId))
  const anchor = useRef<HTMLButtonElement>(null)
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button ref={anchor} type="button" className="pill" data-own={userId === own || undefined} title={userId} aria-haspopup="dialog" onClick={() => setOpen(!isOpen)}>
        <bdi>@{memberName(member)}</bdi>
      </button>
      {isOpen && anchor.current !== null && <PersonCard anchor={anchor.current} userId={userId} onClose={() => setOpen(false)} />}
    </>
  )
}

function RoomPill({ target, text }: { target: Exclude<MatrixTarget, { kind: "user" }>; text: string }) {
  const session = useSession()
  const rooms = useObservable(session.rooms)
  const chat = useChat()
  const summary = rooms.find((one) => one.id === target.room || one.alias === target.room)
  const name = summary === undefined ? undefined : roomName(summary)
  const label = name?.kind === "named" ? name.name : /^https?:|^matrix:/i.test(text) || text.trim() === "" ? target.room : text
  const open = () => {
    const id = summary?.id ?? target.room
    if (target.kind === "event" && id === chat.room.id) return chat.jumpTo(target.eventId)
    navigate({ kind: "room", room: id, space: undefined, event: target.kind === "event" ? target.eventId : undefined, thread: undefined })
  }
  return (
    <button type="button" className="pill" title={target.room} onClick={open}>
      <Icon name={target.kind === "event" ? "message" : "hash"} size={14} />
      <bdi>{target.kind === "event" ? t("chat.pill.messageIn", { room: label.replace(/^#/, "") }) : label.replace(/^#/, "")}</bdi>
    </button>
  )
}
