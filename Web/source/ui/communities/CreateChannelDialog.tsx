import { useState } from "react"
import { readCategories, withChannel, writeCategories } from "../../domain/communities/categories"
import { createChannel } from "../../domain/communities/createCommunity"
import type { ChannelKind } from "../../domain/communities/templates"
import { communityRoles } from "../../domain/roles/applyRoles"
import { MartletType } from "../../matrix/contract/events"
import type { Room } from "../../matrix/contract/room"
import { useSession } from "../bridge/contexts"
import { useObservable } from "../bridge/useObservable"
import { Button } from "../design/Button"
import { Dialog } from "../design/Dialog"
import { RadioGroup } from "../design/RadioGroup"
import { Select } from "../design/Select"
import { Switch } from "../design/Switch"
import { TextField } from "../design/TextField"
import { t } from "../language/t"
import { navigate } from "../navigation/useRoute"
import { failureText } from "./failureText"
import "./CreateServerDialog.css"

const noCategory = "none"

/** Makes a channel of a server, in a category, and opens it. */
export function CreateChannelDialog({ space, category, onClose }: { space: Room; category?: string; onClose: () => void }) {
  const session = useSession()
  const categories = readCategories(useObservable(space.state(MartletType.categories)))
  const [name, setName] = useState("")
  const [topic, setTopic] = useState("")
  const [kind, setKind] = useState<ChannelKind>("text")
  const [place, setPlace] = useState(category ?? categories[0]?.id ?? noCategory)
  const [isPrivate, setPrivate] = useState(false)
  const [isEncrypted, setEncrypted] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()

  const create = async () => {
    if (name.trim() === "") return
    setBusy(true)
    setError(undefined)
    try {
      const { table } = communityRoles(space)
      const room = await createChannel(session, space.id, table, {
        name: name.trim(), kind, isPrivate, isEncrypted: isPrivate && isEncrypted, ...(topic.trim() === "" ? {} : { topic: topic.trim() }),
      }, space.stateOf("m.space.child").get().size)
      if (place !== noCategory) await space.setState(MartletType.categories, "", writeCategories(withChannel(categories, room, place)))
      await session.waitForRoom(room)
      onClose()
      navigate({ kind: "room", room, space: space.id, event: undefined, thread: undefined })
    } catch (problem) {
      setError(failureText(problem))
      setBusy(false)
    }
  }

  return (
    <Dialog title={t("communities.channel.create")} onClose={onClose} onSubmit={() => void create()} footer={(
      <>
        <Button variant="quiet" onClick={onClose}>{t("common.cancel")}</Button>
        <Button variant="primary" type="submit" isBusy={isBusy} disabled={name.trim() === ""}>{t("communities.channel.createButton")}</Button>
      </>
    )}>
      <div className="create-server-form">
        <TextField label={t("communities.channel.name")} value={name} onChange={setName} maxLength={100} autoComplete="off" data-autofocus error={error} />
        <RadioGroup label={t("communities.channel.kind")} value={kind} onChange={setKind} options={[
          { value: "text", label: t("communities.channel.kind.text"), hint: t("communities.channel.kind.textHint") },
          { value: "announcements", label: t("communities.channel.kind.announcements"), hint: t("communities.channel.kind.announcementsHint") },
          { value: "voice", label: t("communities.channel.kind.voice"), hint: t("communities.channel.kind.voiceHint") },
        ]} />
        <TextField label={t("communities.channel.topic")} value={topic} onChange={setTopic} maxLength={500} autoComplete="off" />
        {categories.length > 0 && (
          <Select label={t("communities.channel.category")} value={place} onChange={setPlace} options={[...categories.map((one) => ({ value: one.id, label: one.name })), { value: noCategory, label: t("communities.channel.noCategory") }]} />
        )}
        <Switch label={t("communities.channel.private")} hint={t("communities.channel.privateHint")} isOn={isPrivate} onChange={setPrivate} />
        {isPrivate && <Switch label={t("communities.channel.encrypted")} hint={t("communities.channel.encryptedHint")} isOn={isEncrypted} onChange={setEncrypted} />}
      </div>
    </Dialog>
  )
}
