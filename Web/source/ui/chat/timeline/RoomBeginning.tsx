import { useObservable } from "../../bridge/useObservable"
import { Avatar, Button, Icon } from "../../design"
import { asString } from "../../../matrix/base/read"
import { t } from "../../language/t"
import { navigate } from "../../navigation/useRoute"
import { useChat } from "../ChatContext"
import { summaryName } from "../actions/ForwardDialog"

/** Where a room's history begins: what it is, and where it came from. */
export function RoomBeginning() {
  const { room } = useChat()
  const summary = useObservable(room.summary)
  const create = useObservable(room.state("m.room.create"))
  const name = summaryName(summary)
  const predecessor = summary.predecessor ?? asString((create?.["predecessor"] as { room_id?: unknown } | undefined)?.room_id)
  return (
    <div className="room-beginning">
      <Avatar id={summary.isDirect ? summary.directUsers[0] ?? room.id : room.id} name={name} mxc={summary.avatar} size={64} shape={summary.isDirect ? "circle" : "square"} />
      <h2><bdi>{name}</bdi></h2>
      <p>{summary.isDirect ? t("chat.beginning.direct", { name }) : t("chat.beginning.room", { name })}</p>
      {summary.topic !== undefined && <p className="room-beginning-topic" dir="auto">{summary.topic}</p>}
      {summary.isEncrypted && <p className="room-beginning-note"><Icon name="lock" size={14} />{t("chat.beginning.encrypted")}</p>}
      {predecessor !== undefined && <Button size="small" icon="history" onClick={() => navigate({ kind: "room", room: predecessor, space: undefined, event: undefined, thread: undefined })}>{t("chat.beginning.older")}</Button>}
    </div>
  )
}
