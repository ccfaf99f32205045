import { useCallback, useEffect, useState } from "react"
import type { Room } from "../../../matrix/contract/room"
import type { TimelineEvent } from "../../../matrix/contract/timeline"
import { Button, EmptyState, Spinner } from "../../design"
import { t } from "../../language/t"
import { ThreadChip } from "../message/ThreadChip"
import { PanelChat } from "./PanelChat"
import { PanelMessage } from "./PanelMessage"
import "./panels.css"

/** The threads of a room, the newest activity first. */
export function ThreadsPanel({ room }: { room: Room; onClose: () => void }) {
  const [roots, setRoots] = useState<readonly TimelineEvent[]>([])
  const [next, setNext] = useState<string>()
  const [state, setState] = useState<"loading" | "idle" | "failed">("loading")
  const load = useCallback((from: string | undefined) => {
    setState("loading")
    room.threads(from).then((page) => {
      setRoots((list) => (from === undefined ? page.roots : [...list, ...page.roots.filter((root) => !list.some((one) => one.id === root.id))]))
      setNext(page.next)
      setState("idle")
    }, () => setState("failed"))
  }, [room])
  useEffect(() => load(undefined), [load])
  return (
    <PanelChat room={room} timeline={undefined}>
      <div className="panel-list">
        {roots.map((root) => <PanelMessage key={root.key} event={root}><ThreadChip event={root} /></PanelMessage>)}
        {state === "loading" && <div className="panel-state"><Spinner label={t("common.loading")} /></div>}
        {state === "failed" && <div className="panel-state"><p>{t("chat.threads.failed")}</p><Button onClick={() => load(next)}>{t("common.retry")}</Button></div>}
        {state === "idle" && roots.length === 0 && <EmptyState icon="thread" title={t("chat.threads.none")} text={t("chat.threads.noneText")} />}
        {state === "idle" && next !== undefined && <Button onClick={() => load(next)}>{t("chat.threads.more")}</Button>}
      </div>
    </PanelChat>
  )
}
