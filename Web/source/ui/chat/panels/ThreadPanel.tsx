import type { EventID } from "../../../matrix/contract/events"
import type { Room } from "../../../matrix/contract/room"
import { IconButton } from "../../design"
import { t } from "../../language/t"
import { Conversation } from "../Conversation"
import "./panels.css"

/** A thread beside its room. */
export function ThreadPanel({ room, root, onClose }: { room: Room; root: EventID; onClose: () => void }) {
  return (
    <div className="thread-panel">
      <header className="thread-panel-head">
        <h2>{t("chat.thread.title")}</h2>
        <IconButton icon="x" label={t("chat.thread.close")} onClick={onClose} />
      </header>
      <Conversation key={root} room={room} thread={root} event={undefined} />
    </div>
  )
}
