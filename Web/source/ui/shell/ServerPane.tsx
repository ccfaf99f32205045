import { useEffect } from "react"
import type { RoomID } from "../../matrix/contract/events"
import { useObservable } from "../bridge/useObservable"
import { Button, EmptyState, Skeleton } from "../design"
import { t } from "../language/t"
import { navigate } from "../navigation/useRoute"
import { leavePlace } from "./actions"
import { useChannels, useSummary } from "./hooks"
import { InviteCard } from "./InviteCard"
import { JoinPreview } from "./JoinPreview"
import { useShell } from "./ShellState"

/** A server without a channel chosen: goes to the one that was open last, or the first. */
export function ServerPane({ space, isNarrow }: { space: RoomID; isNarrow: boolean }) {
  const shell = useShell()
  const summary = useSummary(space)
  const isReady = useObservable(shell.index.isReady)
  const { list, hierarchy } = useChannels(space)
  const state = useObservable(hierarchy.state)
  const last = useObservable(shell.layout.state).lastRooms[space]
  const target = last !== undefined && list.joined.includes(last) ? last : list.joined[0]
  const isJoined = summary?.membership === "join"

  useEffect(() => {
    if (isJoined && !isNarrow && target !== undefined) navigate({ kind: "room", room: target, space, event: undefined, thread: undefined }, { replace: true })
  }, [isJoined, isNarrow, target, space])

  if (!isReady) return <Skeleton kind="rows" count={6} />
  if (summary?.membership === "invite") return <div className="shell-place"><div className="shell-place-card"><h1 className="visually-hidden">{t("shell.invite.titleUnknown")}</h1><InviteCard id={space} /></div></div>
  if (!isJoined) return <div className="shell-place"><JoinPreview id={space} space={undefined} summary={summary} /></div>
  if (target !== undefined || state === "loading" || state === "idle") return <Skeleton kind="rows" count={6} />
  const canCreate = shell.session.room(space)?.permissions.get().canSendState("m.space.child") === true
  return (
    <>
      <h1 className="visually-hidden">{summary.name}</h1>
      <EmptyState icon="hash" title={list.categories.length > 0 ? t("shell.server.pick") : t("shell.server.empty")} text={canCreate ? t("shell.server.emptyCreate") : t("shell.server.emptyText", { name: summary.name ?? "" })}>
        {canCreate
          ? <Button variant="primary" onClick={() => shell.dialog.set({ kind: "create-channel", room: space })}>{t("shell.server.createChannel")}</Button>
          : <Button onClick={() => leavePlace(shell, undefined)}>{t("shell.room.goHome")}</Button>}
      </EmptyState>
    </>
  )
}
