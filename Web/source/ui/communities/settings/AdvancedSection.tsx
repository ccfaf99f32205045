import { useState } from "react"
import { upgradeRoom } from "../../../domain/communities/upgradeRoom"
import { spacesOf } from "../../../domain/packs/availablePacks"
import { asObject, asString, member } from "../../../matrix/base/read"
import type { Room } from "../../../matrix/contract/room"
import { useSession } from "../../bridge/contexts"
import { useObservable } from "../../bridge/useObservable"
import { Button, useConfirm } from "../../design"
import { t } from "../../language/t"
import { navigate } from "../../navigation/useRoute"
import { failureText } from "../failureText"
import { LeaveDialog } from "../LeaveDialog"

/** Facts for support, the move to a newer version, and the way out. */
export function AdvancedSection({ room }: { room: Room }) {
  const session = useSession()
  const summary = useObservable(room.summary)
  const may = useObservable(room.permissions)
  const confirm = useConfirm()
  const [isLeaving, setLeaving] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()

  const upgrade = async () => {
    setError(undefined)
    setBusy(true)
    try {
      const capabilities = asObject(member(await session.api.get("/_matrix/client/v3/capabilities"), "capabilities", "m.room_versions"))
      const version = asString(capabilities?.default) ?? "10"
      if (version === summary.version) return setError(t("communities.advanced.newest"))
      if (!await confirm({ title: t("communities.advanced.upgradeTitle", { version }), text: t("communities.advanced.upgradeText"), action: t("communities.advanced.upgrade") })) return
      const next = await upgradeRoom(session, room, version, spacesOf(session, room))
      await session.waitForRoom(next)
      navigate(summary.type === "m.space" ? { kind: "space", space: next } : { kind: "room", room: next, space: spacesOf(session, room)[0]?.id, event: undefined, thread: undefined })
    } catch (problem) {
      setError(failureText(problem))
    } finally {
      setBusy(false)
    }
  }

  return (
    <div className="room-settings-form">
      <dl className="room-settings-facts">
        <dt>{t("communities.advanced.id")}</dt><dd><code>{room.id}</code></dd>
        {summary.alias !== undefined && <><dt>{t("communities.advanced.address")}</dt><dd><code>{summary.alias}</code></dd></>}
        <dt>{t("communities.advanced.version")}</dt><dd>{summary.version ?? "1"}</dd>
        {summary.predecessor !== undefined && <><dt>{t("communities.advanced.before")}</dt><dd><code>{summary.predecessor}</code></dd></>}
      </dl>
      {error !== undefined && <p role="alert" className="room-settings-error">{error}</p>}
      {may.canSendState("m.room.tombstone") && summary.successor === undefined && (
        <section className="room-settings-block" aria-label={t("communities.advanced.upgrade")}>
          <h2>{t("communities.advanced.upgrade")}</h2>
          <p>{t("communities.advanced.upgradeHint")}</p>
          <div><Button icon="arrow-up" isBusy={isBusy} onClick={() => void upgrade()}>{t("communities.advanced.upgrade")}</Button></div>
        </section>
      )}
      <section className="room-settings-block" aria-label={t("communities.leave.leave")}>
        <h2>{t("communities.leave.leave")}</h2>
        <div><Button variant="danger" icon="door" onClick={() => setLeaving(true)}>{t("communities.leave.title", { name: summary.name ?? summary.id }).replace("?", "")}</Button></div>
      </section>
      {isLeaving && <LeaveDialog room={room} onClose={() => setLeaving(false)} />}
    </div>
  )
}
