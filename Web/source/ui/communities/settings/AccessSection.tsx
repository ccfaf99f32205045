import { spacesOf } from "../../../domain/packs/availablePacks"
import { asString } from "../../../matrix/base/read"
import type { Room } from "../../../matrix/contract/room"
import { useSession } from "../../bridge/contexts"
import { useObservable } from "../../bridge/useObservable"
import { Banner, Button, RadioGroup, useConfirm } from "../../design"
import { t } from "../../language/t"
import { useSaving } from "./useSaving"

type JoinRule = "invite" | "restricted" | "knock" | "public"
type Visibility = "invited" | "joined" | "shared" | "world_readable"

/** Who may come in, who may read what was, and encryption. */
export function AccessSection({ room }: { room: Room }) {
  const session = useSession()
  const permissions = useObservable(room.permissions)
  const summary = useObservable(room.summary)
  const rules = useObservable(room.state("m.room.join_rules"))
  const visibility = asString(useObservable(room.state("m.room.history_visibility"))?.history_visibility) ?? "shared"
  const confirm = useConfirm()
  const { error, save } = useSaving()
  const rule = asString(rules?.join_rule) ?? "invite"
  const space = summary.type === "m.space" ? undefined : spacesOf(session, room)[0]
  const canRules = permissions.canSendState("m.room.join_rules")
  const canHistory = permissions.canSendState("m.room.history_visibility")

  const setRule = (next: JoinRule) => void save(async () => {
    await room.setState("m.room.join_rules", "", next === "restricted" && space !== undefined
      ? { join_rule: "restricted", allow: [{ type: "m.room_membership", room_id: space.id }] } : { join_rule: next })
  })
  const encrypt = async () => {
    if (await confirm({ title: t("communities.access.encryptTitle"), text: t("communities.channel.encryptedHint"), action: t("communities.access.encrypt") })) void save(() => room.enableEncryption())
  }

  return (
    <div className="room-settings-form">
      {error !== undefined && <p role="alert" className="room-settings-error">{error}</p>}
      {!canRules && !canHistory && <Banner kind="info">{t("communities.settings.readOnly")}</Banner>}
      <RadioGroup<JoinRule> label={t("communities.access.who")} value={rule === "knock_restricted" ? "knock" : (rule as JoinRule)} onChange={setRule} options={[
        { value: "invite", label: t("communities.access.invite"), hint: t("communities.access.inviteHint"), isDisabled: !canRules },
        ...(space === undefined ? [] : [{ value: "restricted" as const, label: t("communities.access.restricted", { name: space.summary.get().name ?? space.id }), isDisabled: !canRules }]),
        { value: "knock", label: t("communities.access.knock"), hint: t("communities.access.knockHint"), isDisabled: !canRules },
        { value: "public", label: t("communities.access.public"), hint: t("communities.access.publicHint"), isDisabled: !canRules },
      ]} />
      <RadioGroup<Visibility> label={t("communities.access.history")} value={visibility as Visibility} onChange={(next) => void save(async () => {
        await room.setState("m.room.history_visibility", "", { history_visibility: next })
      })} options={(["shared", "invited", "joined", "world_readable"] as const).map((value) => ({ value, label: t(`communities.access.history.${value}`), isDisabled: !canHistory }))} />
      {summary.type !== "m.space" && (
        <section className="room-settings-block" aria-label={t("communities.access.encryption")}>
          <h2>{t("communities.access.encryption")}</h2>
          <p>{summary.isEncrypted ? t("communities.access.encrypted") : t("communities.access.plain")}</p>
          {!summary.isEncrypted && permissions.canSendState("m.room.encryption") && <div><Button icon="lock" onClick={() => void encrypt()}>{t("communities.access.encrypt")}</Button></div>}
        </section>
      )}
    </div>
  )
}
