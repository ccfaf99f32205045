import { useCallback, useEffect, useState } from "react"
import { asArray, asNumber, asObject, asString } from "../../../matrix/base/read"
import type { Room } from "../../../matrix/contract/room"
import type { Session } from "../../../matrix/contract/session"
import { useSession } from "../../bridge/contexts"
import { useObservable } from "../../bridge/useObservable"
import { Button, EmptyState, IconButton, Spinner } from "../../design"
import { t } from "../../language/t"
import { useSaving } from "./useSaving"

interface Ban { readonly userId: string; readonly reason: string | undefined; readonly by: string; readonly at: number }

/** Who is banned and why; lifting it in one press. */
export function BansSection({ room }: { room: Room }) {
  const { api } = useSession()
  const permissions = useObservable(room.permissions)
  const { error, save } = useSaving()
  const [banned, setBanned] = useState<readonly Ban[]>()
  const load = useCallback(async () => setBanned(await bansOf(api, room.id)), [api, room])
  useEffect(() => {
    // Who is not there any more is not kept on this device: the server knows.
    load().catch(() => setBanned([]))
  }, [load])
  if (banned === undefined) return <Spinner label={t("common.loading")} />
  if (banned.length === 0) return <EmptyState icon="heart" title={t("communities.bans.none")} text={t("communities.bans.noneHint")} />
  return (
    <div className="room-settings-form">
      {error !== undefined && <p role="alert" className="room-settings-error">{error}</p>}
      <ul className="room-settings-list">
        {banned.map((ban) => (
          <li key={ban.userId}>
            <span className="room-settings-member-names">
              <strong>{ban.userId}</strong>
              <span dir="auto">{ban.reason ?? t("communities.bans.noReason")} · {t("communities.bans.by", { id: ban.by })}</span>
            </span>
            {permissions.canBan && permissions.outranks(ban.userId) && (
              <Button size="small" onClick={() => void save(async () => {
                await room.unban(ban.userId)
                await load()
              })}>{t("communities.member.unban")}</Button>
            )}
          </li>
        ))}
      </ul>
      <ServerRules room={room} />
    </div>
  )
}

/** The bans of a room, the newest first. */
async function bansOf(api: Session["api"], room: string): Promise<Ban[]> {
  const answer = await api.get(`/_matrix/client/v3/rooms/${encodeURIComponent(room)}/members`, { membership: "ban" })
  return asArray(answer["chunk"]).flatMap((one): Ban[] => {
    const event = asObject(one)
    const userId = asString(event?.["state_key"])
    if (event === undefined || userId === undefined) return []
    return [{ userId, reason: asString(asObject(event["content"])?.["reason"]), by: asString(event["sender"]) ?? "", at: asNumber(event["origin_server_ts"]) ?? 0 }]
  }).sort((a, b) => b.at - a.at)
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
