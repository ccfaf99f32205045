import { useState } from "react"
import type { RoomID } from "../../matrix/contract/events"
import type { Channel } from "../../domain/rooms/channels"
import { roomKind } from "../../domain/rooms/roomKind"
import { Icon, Spinner } from "../design"
import { t } from "../language/t"
import { navigate } from "../navigation/useRoute"
import { failureText } from "./actions"
import { KindIcon } from "./KindIcon"
import { RouteLink } from "./RouteLink"
import { useShell } from "./ShellState"
import { useFailure } from "./useFailure"

/** A channel that is not joined: one that may be, or an invite or request that waits. */
export function JoinableRow({ space, channel, parent, isCurrent }: { space: RoomID; channel: Channel; parent: RoomID | undefined; isCurrent: boolean }) {
  const shell = useShell()
  const [isBusy, setBusy] = useState(false)
  const fail = useFailure()
  const summary = shell.index.summary(channel.id)
  const name = channel.preview?.name ?? (channel.membership === "invite" ? t("shell.channel.invited") : summary?.name) ?? t("shell.room.empty")
  const joinRule = channel.preview?.joinRule ?? "invite"
  const canJoin = channel.membership === "none" && (joinRule === "public" || joinRule === "restricted" || joinRule === "knock_restricted")
  const route = { kind: "room", room: channel.id, space, event: undefined, thread: undefined } as const

  const join = async () => {
    setBusy(true)
    try {
      // The category first: who is in a subspace sees its further channels.
      if (parent !== undefined && !shell.index.isSpace(parent)) await shell.session.join(parent, channel.via)
      await shell.session.join(channel.id, channel.via)
      await shell.session.waitForRoom(channel.id)
      navigate(route)
    } catch (error) {
      fail(failureText(error))
    } finally {
      setBusy(false)
    }
  }

  const content = (
    <>
      <KindIcon kind={roomKind({ type: channel.preview?.type, joinRule })} />
      <span className="channel-list-name">{name}</span>
      {channel.membership === "invite" && <span className="channel-list-note">{t("shell.channel.invited")}</span>}
      {channel.membership === "knock" && <span className="channel-list-note">{t("shell.channel.knocked")}</span>}
      {channel.membership === "none" && (isBusy ? <Spinner size={14} /> : <Icon name="plus" size={14} />)}
    </>
  )
  return (
    <li className="channel-list-row" data-joinable data-here={isCurrent || undefined} data-roving-row>
      {canJoin
        ? <button type="button" className="channel-list-link" data-roving disabled={isBusy} aria-label={t("shell.channel.join", { name })} onClick={() => void join()}>{content}</button>
        : <RouteLink className="channel-list-link" data-roving route={route} aria-current={isCurrent ? "page" : undefined} aria-label={channel.membership === "none" ? t("shell.channel.knock", { name }) : undefined}>{content}</RouteLink>}
    </li>
  )
}
