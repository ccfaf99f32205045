import { useEffect, useState } from "react"
import type { RoomID } from "../../matrix/contract/events"
import type { RoomSummary } from "../../matrix/contract/room"
import type { RoomPreview } from "../../matrix/contract/session"
import { announce } from "../bridge/announce"
import { useObservable } from "../bridge/useObservable"
import { Avatar, Button, EmptyState, Skeleton, TextField } from "../design"
import { t } from "../language/t"
import { navigate } from "../navigation/useRoute"
import { leavePlace, reasonOf } from "./actions"
import { LinkedText } from "./LinkedText"
import { useShell } from "./ShellState"
import "./JoinPreview.css"

/** A room that one is not in: what it is, and the way in, if there is one. */
export function JoinPreview({ id, space, summary }: { id: RoomID; space: RoomID | undefined; summary: RoomSummary | undefined }) {
  const shell = useShell()
  const known = useObservable(shell.hierarchy(space ?? id).rooms).get(id)
  const [preview, setPreview] = useState<RoomPreview>()
  const [failure, setFailure] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const [reason, setReason] = useState("")
  const [problem, setProblem] = useState<string>()
  const via = space === undefined ? undefined : shell.index.children(space).get(id)?.via

  useEffect(() => {
    let isCurrent = true
    shell.session.preview(id, via).then(
      (found) => { if (isCurrent) setPreview(found) },
      (error: unknown) => { if (isCurrent) setFailure(reasonOf(error)) },
    )
    return () => {
      isCurrent = false
    }
  }, [shell, id, via])

  if (preview === undefined && known === undefined && failure === undefined) return <Skeleton kind="rows" count={4} />
  if (preview === undefined && known === undefined) {
    return (
      <>
        <h1 className="visually-hidden">{t("shell.room.unknown")}</h1>
        <EmptyState icon="search" title={t("shell.room.unknown")} text={t("shell.room.unknownText")}>
          <Button variant="primary" onClick={() => leavePlace(shell, space)}>{t("shell.room.goHome")}</Button>
        </EmptyState>
      </>
    )
  }
  const name = preview?.name ?? known?.name ?? preview?.alias ?? t("shell.room.empty")
  const joinRule = preview?.joinRule ?? known?.joinRule ?? "invite"
  const isBanned = summary?.membership === "ban"
  const canKnock = !isBanned && (joinRule === "knock" || joinRule === "knock_restricted")
  const canJoin = !isBanned && (joinRule === "public" || joinRule === "restricted" || joinRule === "knock_restricted")
  const count = preview?.memberCount ?? known?.memberCount ?? 0
  const topic = preview?.topic ?? known?.topic

  const enter = async (isKnock: boolean) => {
    setBusy(true)
    setProblem(undefined)
    try {
      if (isKnock) {
        await shell.session.knock(id, via ?? preview?.via, reason.trim() === "" ? undefined : reason.trim())
        announce(t("shell.knock.sent"))
      } else {
        const joined = await shell.session.join(id, via ?? preview?.via)
        await shell.session.waitForRoom(joined)
        navigate({ kind: "room", room: joined, space, event: undefined, thread: undefined }, { replace: true })
      }
    } catch (error) {
      setProblem(t("shell.preview.failed", { reason: reasonOf(error) }))
    }
    setBusy(false)
  }

  return (
    <div className="join-preview">
      <Avatar id={id} name={name} mxc={preview?.avatar ?? known?.avatar} size={80} shape="square" />
      <h1>{name}</h1>
      {preview?.alias !== undefined && <p className="join-preview-alias">{preview.alias}</p>}
      <p className="join-preview-count">{t("shell.preview.members", { count })}</p>
      {topic !== undefined && topic !== "" && <p className="join-preview-topic"><LinkedText text={topic} /></p>}
      {isBanned && <p>{t("shell.preview.banned")}</p>}
      {summary?.membership === "leave" && <p>{t("shell.preview.left")}</p>}
      {!canJoin && !canKnock && !isBanned && <p>{t("shell.preview.closed")}</p>}
      {canKnock && !canJoin && <TextField label={t("shell.preview.reason")} value={reason} onChange={setReason} />}
      {problem !== undefined && <p className="join-preview-problem" role="alert">{problem}</p>}
      <div className="join-preview-answers">
        {canJoin && <Button variant="primary" isBusy={isBusy} onClick={() => void enter(false)}>{t("shell.preview.join")}</Button>}
        {canKnock && !canJoin && <Button variant="primary" isBusy={isBusy} onClick={() => void enter(true)}>{t("shell.preview.knock")}</Button>}
        {summary !== undefined && (
          <Button onClick={() => {
            shell.session.room(id)?.forget().then(() => leavePlace(shell, space), (error: unknown) => setProblem(reasonOf(error)))
          }}>{t("shell.preview.remove")}</Button>
        )}
      </div>
    </div>
  )
}
