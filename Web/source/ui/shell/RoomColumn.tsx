import { Suspense, useEffect } from "react"
import type { RoomID } from "../../matrix/contract/events"
import { announce } from "../bridge/announce"
import { Button, EmptyState, Skeleton } from "../design"
import { useObservable } from "../bridge/useObservable"
import { t } from "../language/t"
import { navigate } from "../navigation/useRoute"
import { InviteCard } from "./InviteCard"
import { JoinPreview } from "./JoinPreview"
import { KnockCard } from "./KnockCard"
import { RoomView } from "./parts"
import { RoomHeader } from "./RoomHeader"
import { roomTitle } from "./roomTitle"
import { roomRoute, useSummary } from "./hooks"
import { useShell } from "./ShellState"
import { closeNotifications } from "./useNotifications"

/** The conversation of a room; or for a room that one is not in, the way into it. */
export function RoomColumn({ id, space, event, thread, isNarrow, onBack }: {
  id: RoomID; space: RoomID | undefined; event: string | undefined; thread: string | undefined; isNarrow: boolean; onBack: () => void
}) {
  const shell = useShell()
  const summary = useSummary(id)
  const isReady = useObservable(shell.index.isReady)
  const room = shell.session.room(id)
  const isJoined = summary?.membership === "join"
  const title = summary === undefined ? undefined : roomTitle(summary)
  const isUnread = summary?.unread.isUnread === true

  useEffect(() => {
    if (isJoined) shell.layout.opened(id, space)
  }, [shell, id, space, isJoined])
  useEffect(() => {
    // A search in another room has nothing to say here.
    shell.panel.update((panel) => (panel?.kind === "search" && panel.room !== undefined && panel.room !== id ? undefined : panel))
  }, [shell, id])
  useEffect(() => {
    if (isJoined && title !== undefined) announce(t("shell.announce.room", { name: title }))
  }, [shell, id, isJoined, title])
  useEffect(() => {
    if (isJoined && !isUnread) void closeNotifications(id)
  }, [id, isJoined, isUnread])

  if (!isReady) return <Skeleton kind="rows" count={6} />
  if (summary !== undefined && isJoined && room !== undefined) {
    const successor = summary.successor
    return (
      <>
        <RoomHeader summary={summary} isNarrow={isNarrow} onBack={onBack} />
        {successor !== undefined && (
          <div className="shell-notice" role="status">
            <span>{t("shell.room.replaced")}</span>
            <Button size="small" onClick={() => navigate({ ...roomRoute(shell, successor), kind: "room", room: successor, space, event: undefined, thread: undefined })}>{t("shell.room.continue")}</Button>
          </div>
        )}
        <div className="shell-room">
          <Suspense fallback={<Skeleton kind="rows" count={6} />}>
            <RoomView key={id} room={room} event={thread === undefined ? event : undefined} thread={thread} />
          </Suspense>
        </div>
      </>
    )
  }
  return (
    <div className="shell-place">
      {isNarrow && <div className="shell-place-back"><Button icon="arrow-left" onClick={onBack}>{t("shell.room.back")}</Button></div>}
      {summary?.membership === "invite" ? <div className="shell-place-card"><h1 className="visually-hidden">{t("shell.invite.titleUnknown")}</h1><InviteCard id={id} /></div>
        : summary?.membership === "knock" ? <KnockCard summary={summary} space={space} />
        : id.startsWith("!") || id.startsWith("#") ? <JoinPreview id={id} space={space} summary={summary} />
        : <EmptyState icon="search" title={t("shell.room.unknown")} text={t("shell.room.unknownText")} />}
    </div>
  )
}
