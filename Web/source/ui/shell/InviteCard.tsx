import { useState } from "react"
import type { RoomID } from "../../matrix/contract/events"
import { localpart, memberName } from "../../domain/rooms/roomName"
import { announce } from "../bridge/announce"
import { useObservable } from "../bridge/useObservable"
import { Avatar, Button, Icon } from "../design"
import { t } from "../language/t"
import { navigate } from "../navigation/useRoute"
import { declineInvite, reasonOf } from "./actions"
import { inviteFace } from "./inviteFace"
import { roomRoute, useSummary } from "./hooks"
import { RoomAvatar } from "./RoomAvatar"
import { roomTitle } from "./roomTitle"
import { useShell } from "./ShellState"
import "./InviteCard.css"

/**
 * An invite with its answers. Of people one shares a conversation with, name and picture are shown; what strangers call themselves and
 * their rooms stays hidden until the invite is accepted.
 */
export function InviteCard({ id }: { id: RoomID }) {
  const shell = useShell()
  const summary = useSummary(id)
  const rooms = useObservable(shell.session.rooms)
  const [busy, setBusy] = useState<"accept" | "decline" | "block">()
  const [problem, setProblem] = useState<string>()
  const inviter = summary?.inviter
  const profile = useObservable(inviter === undefined ? undefined : shell.session.profile(inviter))
  if (summary === undefined || summary.membership !== "invite") return null
  const isKnown = inviter !== undefined && rooms.some((room) => room.membership === "join" && room.isDirect && room.directUsers.includes(inviter))
  const face = inviteFace(summary)
  const name = inviter === undefined ? t("shell.invite.titleUnknown") : isKnown && profile !== undefined ? memberName({ userId: inviter, displayName: profile.displayName }) : localpart(inviter)

  const answer = async (kind: "accept" | "decline" | "block") => {
    setBusy(kind)
    setProblem(undefined)
    try {
      if (kind === "accept") {
        await shell.session.room(id)?.join()
        await shell.session.waitForRoom(id)
        navigate(roomRoute(shell, id))
        return
      }
      await declineInvite(shell.session, id, kind === "block" ? inviter : undefined)
      announce(kind === "block" ? t("shell.invite.blocked", { name }) : t("shell.invite.declined"))
    } catch (error) {
      setProblem(kind === "accept" ? `${t("shell.invite.gone")} ${reasonOf(error)}` : t("shell.invite.failed", { reason: reasonOf(error) }))
    }
    setBusy(undefined)
  }

  return (
    <article className="invite-card" aria-label={`${name} ${t(face.text)}`}>
      <div className="invite-card-who">
        {isKnown && inviter !== undefined ? <Avatar id={inviter} name={name} mxc={profile?.avatar} size={48} /> : <span className="invite-card-mask"><Icon name="mail" size={24} /></span>}
        <div className="invite-card-text">
          <p className="invite-card-name">{name}</p>
          {inviter !== undefined && <p className="invite-card-id">{inviter}</p>}
          <p>{t(face.text)}</p>
        </div>
      </div>
      {isKnown && !summary.isDirect
        ? <p className="invite-card-room"><RoomAvatar summary={summary} size={24} /> {roomTitle(summary)}</p>
        : !isKnown && <p className="invite-card-note">{t("shell.invite.masked")}</p>}
      {problem !== undefined && <p className="invite-card-problem" role="alert">{problem}</p>}
      <div className="invite-card-answers">
        <Button variant="primary" isBusy={busy === "accept"} disabled={busy !== undefined} onClick={() => void answer("accept")}>{t("shell.invite.accept")}</Button>
        <Button isBusy={busy === "decline"} disabled={busy !== undefined} onClick={() => void answer("decline")}>{t("shell.invite.decline")}</Button>
        {inviter !== undefined && <Button variant="quiet" isBusy={busy === "block"} disabled={busy !== undefined} onClick={() => void answer("block")}>{t("shell.invite.declineBlock")}</Button>}
      </div>
    </article>
  )
}
