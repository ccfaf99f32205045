import type { Room } from "../../../matrix/contract/room"
import { useObservable } from "../../bridge/useObservable"
import { Button, EmptyState, IconButton } from "../../design"
import { t } from "../../language/t"
import { useSaving } from "./useSaving"

/** Who is banned and why; lifting it in one press. */
export function BansSection({ room }: { room: Room }) {
  const events = useObservable(room.stateOf("m.room.member"))
  const permissions = useObservable(room.permissions)
  const { error, save } = useSaving()
  const banned = [...events.values()].filter((event) => event.content.membership === "ban").sort((a, b) => b.origin_server_ts - a.origin_server_ts)
  if (banned.length === 0) return <EmptyState icon="heart" title={t("communities.bans.none")} text={t("communities.bans.noneHint")} />
  return (
    <div className="room-settings-form">
      {error !== undefined && <p role="alert" className="room-settings-error">{error}</p>}
      <ul className="room-settings-list">
        {banned.map((event) => (
          <li key={event.state_key}>
            <span className="room-settings-member-names">
              <strong>{event.state_key}</strong>
              <span dir="auto">{typeof event.content.reason === "string" ? event.content.reason : t("communities.bans.noReason")} · {t("communities.bans.by", { id: event.sender })}</span>
            </span>
            {permissions.canBan && permissions.outranks(event.state_key ?? "") && <Button size="small" onClick={() => void save(() => room.unban(event.state_key ?? ""))}>{t("communities.member.unban")}</Button>}
          </li>
        ))}
      </ul>
      <ServerRules room={room} />
    </div>
  )
}

/** Servers that are kept out (`m.room.server_acl`). */
function ServerRules({ room }: { room: Room }) {
  const content = useObservable(room.state("m.room.server_acl"))
  const permissions = useObservable(room.permissions)
  const { error, save } = useSaving()
  const denied = Array.isArray(content?.deny) ? content?.deny.filter((one): one is string => typeof one === "string") ?? [] : []
  if (denied.length === 0) return null
  return (
    <section className="room-settings-block" aria-label={t("communities.bans.servers")}>
      <h2>{t("communities.bans.servers")}</h2>
      {error !== undefined && <p role="alert" className="room-settings-error">{error}</p>}
      <ul className="room-settings-list">
        {denied.map((server) => (
          <li key={server}>
            <code>{server}</code>
            {permissions.canSendState("m.room.server_acl") && <IconButton icon="trash" size="small" label={t("communities.bans.letIn", { server })} onClick={() => void save(async () => {
              await room.setState("m.room.server_acl", "", { ...content, deny: denied.filter((one) => one !== server) })
            })} />}
          </li>
        ))}
      </ul>
    </section>
  )
}
