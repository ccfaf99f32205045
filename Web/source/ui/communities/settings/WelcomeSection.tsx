import { useState } from "react"
import { readWelcome, writeWelcome } from "../../../domain/communities/welcome"
import { roomsOfCommunity } from "../../../domain/roles/applyRoles"
import { MartletType } from "../../../matrix/contract/events"
import type { Room } from "../../../matrix/contract/room"
import { useSession } from "../../bridge/contexts"
import { useObservable } from "../../bridge/useObservable"
import { Button, Checkbox, TextArea } from "../../design"
import { t } from "../../language/t"
import { useSaving } from "./useSaving"

/** What new members see first, and the channels that they are in from the start. */
export function WelcomeSection({ room }: { room: Room }) {
  const session = useSession()
  const permissions = useObservable(room.permissions)
  const welcome = readWelcome(useObservable(room.state(MartletType.welcome)))
  const suggested = [...useObservable(room.stateOf("m.space.child"))].filter(([, event]) => event.content.suggested === true).map(([id]) => id)
  const [text, setText] = useState(welcome.text)
  const [rules, setRules] = useState(welcome.rules.join("\n"))
  const [channels, setChannels] = useState<readonly string[]>(welcome.autoJoin ?? suggested)
  const { isBusy, error, save } = useSaving()
  const canChange = permissions.canSendState(MartletType.welcome)
  const all = roomsOfCommunity(session, room.id).filter((one) => one.summary.get().type !== "m.space")

  return (
    <form className="room-settings-form" onSubmit={(event) => {
      event.preventDefault()
      void save(async () => {
        await room.setState(MartletType.welcome, "", writeWelcome({ text: text.trim(), rules: rules.split("\n").map((rule) => rule.trim()).filter((rule) => rule !== ""), autoJoin: channels }))
      })
    }}>
      <TextArea label={t("communities.welcome.text")} hint={t("communities.welcome.textHint")} value={text} onChange={setText} rows={4} maxLength={4000} disabled={!canChange} />
      <TextArea label={t("communities.welcome.rules")} hint={t("communities.welcome.rulesHint")} value={rules} onChange={setRules} rows={6} maxLength={8000} disabled={!canChange} />
      <fieldset className="room-settings-checks">
        <legend>{t("communities.welcome.channels")}</legend>
        {all.map((one) => (
          <Checkbox key={one.id} label={one.summary.get().name ?? one.id} isDisabled={!canChange} isChecked={channels.includes(one.id)}
            onChange={(isChecked) => setChannels(isChecked ? [...channels, one.id] : channels.filter((id) => id !== one.id))} />
        ))}
      </fieldset>
      {error !== undefined && <p role="alert" className="room-settings-error">{error}</p>}
      {canChange && <div><Button variant="primary" type="submit" isBusy={isBusy}>{t("common.save")}</Button></div>}
    </form>
  )
}
