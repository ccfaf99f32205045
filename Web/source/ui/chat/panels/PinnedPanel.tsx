import type { Room } from "../../../matrix/contract/room"
import { useObservable } from "../../bridge/useObservable"
import { Button, EmptyState, IconButton, Spinner } from "../../design"
import { t } from "../../language/t"
import { setPinned } from "../actions/MessageActions"
import { useTimeline } from "../timeline/useTimeline"
import { goTo, PanelChat } from "./PanelChat"
import { PanelMessage } from "./PanelMessage"
import "./panels.css"

const nothing = { get: () => undefined, subscribe: () => () => undefined }
const pinned = { kind: "pinned" } as const

/** The pinned messages of a room. */
export function PinnedPanel({ room }: { room: Room; onClose: () => void }) {
  const timeline = useTimeline(room, pinned)
  const events = useObservable(timeline?.events ?? nothing)
  const older = useObservable(timeline?.older ?? nothing)
  const permissions = useObservable(room.permissions)
  const shown = [...(events ?? [])].reverse()
  return (
    <PanelChat room={room} timeline={timeline}>
      <div className="panel-list">
        {shown.map((event) => (
          <PanelMessage key={event.key} event={event}>
            {event.id !== undefined && <Button size="small" onClick={() => goTo(room, event.threadRoot === undefined ? { event: event.id ?? "" } : { thread: event.threadRoot })}>{t("chat.pinned.jump")}</Button>}
            {permissions.canSendState("m.room.pinned_events") && event.id !== undefined && <IconButton icon="pin-off" size="small" label={t("chat.actions.unpin")} onClick={() => setPinned(room, event.id ?? "", false)} />}
          </PanelMessage>
        ))}
        {older === "loading" && <div className="panel-state"><Spinner label={t("common.loading")} /></div>}
        {events !== undefined && shown.length === 0 && older !== "loading" && <EmptyState icon="pin" title={t("chat.pinned.none")} text={permissions.canSendState("m.room.pinned_events") ? t("chat.pinned.noneText") : undefined} />}
      </div>
    </PanelChat>
  )
}
