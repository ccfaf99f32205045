import { useState } from "react"
import type { RoomSummary } from "../../matrix/contract/room"
import { Button, IconButton } from "../design"
import { t } from "../language/t"
import { navigate } from "../navigation/useRoute"
import { LinkedText } from "./LinkedText"
import { RoomAvatar } from "./RoomAvatar"
import { roomTitle } from "./roomTitle"
import { useShell } from "./ShellState"
import "./RoomInfo.css"

const joinRules = {
  public: "shell.info.join.public", invite: "shell.info.join.invite", knock: "shell.info.join.knock", restricted: "shell.info.join.restricted", knock_restricted: "shell.info.join.restricted",
} as const

/** The facts of a room. */
export function RoomInfo({ summary }: { summary: RoomSummary }) {
  const shell = useShell()
  const room = shell.session.room(summary.id)
  const rule = joinRules[(summary.joinRule ?? "invite") as keyof typeof joinRules] ?? joinRules.invite
  return (
    <div className="room-info">
      <div className="room-info-head">
        <RoomAvatar summary={summary} size={72} />
        <h3>{roomTitle(summary)}</h3>
        {summary.alias !== undefined && <p className="room-info-alias">{summary.alias}</p>}
      </div>
      <dl>
        <dt>{t("shell.info.topic")}</dt>
        <dd className="room-info-topic">{summary.topic === undefined || summary.topic === "" ? t("shell.info.noTopic") : <LinkedText text={summary.topic} />}</dd>
        <dt>{t("shell.info.members")}</dt>
        <dd>{t("shell.preview.members", { count: summary.joinedCount })}</dd>
        <dt>{t("shell.info.encryption")}</dt>
        <dd>{summary.isEncrypted ? t("shell.info.encrypted") : t("shell.info.notEncrypted")}</dd>
        <dt>{t("shell.info.joinRule")}</dt>
        <dd>{t(rule)}</dd>
        <dt>{t("shell.info.id")}</dt>
        <dd className="room-info-id"><code>{summary.id}</code><CopyButton text={summary.id} /></dd>
        {summary.version !== undefined && (
          <>
            <dt>{t("shell.info.version")}</dt>
            <dd>{summary.version}</dd>
          </>
        )}
      </dl>
      <div className="room-info-actions">
        {room?.permissions.get().canInvite === true && <Button onClick={() => shell.dialog.set({ kind: "invite", room: summary.id })}>{t("shell.channel.invite")}</Button>}
        <Button onClick={() => navigate({ kind: "room-settings", room: summary.id, page: undefined })}>{t("shell.channel.settings")}</Button>
        <Button variant="danger" onClick={() => shell.dialog.set({ kind: "leave", room: summary.id })}>{summary.isDirect ? t("shell.direct.leave") : t("shell.channel.leave")}</Button>
      </div>
    </div>
  )
}

function CopyButton({ text }: { text: string }) {
  const [isDone, setDone] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setDone(true)
    setTimeout(() => setDone(false), 2000)
  }
  return <IconButton icon={isDone ? "check" : "copy"} size="small" label={isDone ? t("common.copied") : t("common.copy")} onClick={() => void copy()} />
}
