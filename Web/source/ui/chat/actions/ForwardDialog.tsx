import { useMemo, useState } from "react"
import { forwardedContent } from "../../../domain/composer/forwarded"
import { matchRank } from "../../../domain/composer/completion"
import { roomName } from "../../../domain/rooms/roomName"
import type { RoomSummary } from "../../../matrix/contract/room"
import type { TimelineEvent } from "../../../matrix/contract/timeline"
import { useSession } from "../../bridge/contexts"
import { useObservable } from "../../bridge/useObservable"
import { Avatar, Button, Checkbox, Dialog, SearchField, showToast } from "../../design"
import { formatList } from "../../language/format"
import { t } from "../../language/t"
import { messageGist } from "../message/messageGist"

const shown = 60

/** Chooses rooms to send a message to as well. */
export function ForwardDialog({ event, onClose }: { event: TimelineEvent; onClose: () => void }) {
  const session = useSession()
  const rooms = useObservable(session.rooms)
  const [text, setText] = useState("")
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const found = useMemo(() => rooms
    .filter((room) => room.membership === "join" && room.type !== "m.space" && room.successor === undefined)
    .map((room) => ({ room, name: summaryName(room), rank: matchRank(summaryName(room), text.trim()) }))
    .filter((one) => one.rank !== undefined)
    .sort((a, b) => (a.rank ?? 9) - (b.rank ?? 9) || b.room.lastActivity - a.room.lastActivity).slice(0, shown), [rooms, text])
  const send = () => {
    const { type, content } = forwardedContent(event)
    let count = 0
    for (const id of chosen) {
      const room = session.room(id)
      if (room === undefined || !room.permissions.get().canSend(type)) continue
      room.send(type, content)
      count += 1
    }
    showToast(count === 0 ? { kind: "error", text: t("chat.forward.notAllowed") } : { kind: "success", text: t("chat.forward.done", { count }) })
    onClose()
  }
  return (
    <Dialog title={t("chat.forward.title")} onClose={onClose} description={messageGist(event)} onSubmit={send} footer={
      <>
        <Button variant="quiet" onClick={onClose}>{t("common.cancel")}</Button>
        <Button variant="primary" type="submit" disabled={chosen.size === 0}>{t("chat.forward.send", { count: chosen.size })}</Button>
      </>
    }>
      <SearchField label={t("chat.forward.search")} value={text} onChange={setText} data-autofocus />
      <ul className="forward-rooms">
        {found.map(({ room, name }) => (
          <li key={room.id}>
            <Checkbox isChecked={chosen.has(room.id)} onChange={(isOn) => {
              const next = new Set(chosen)
              if (isOn) next.add(room.id)
              else next.delete(room.id)
              setChosen(next)
            }} label={<span className="forward-room"><Avatar id={room.id} name={name} mxc={room.avatar} size={24} shape={room.isDirect ? "circle" : "square"} /><bdi>{name}</bdi></span>} />
          </li>
        ))}
      </ul>
      {found.length === 0 && <p>{t("chat.forward.none")}</p>}
    </Dialog>
  )
}

/** The name of a room in one text. */
export function summaryName(summary: RoomSummary): string {
  const name = roomName(summary)
  switch (name.kind) {
    case "named":
      return name.name
    case "people":
      return name.others === 0 ? formatList(name.names) : t("chat.room.andOthers", { people: name.names.join(", "), count: name.others })
    case "empty":
      return name.formerly ?? t("chat.room.empty")
  }
}
