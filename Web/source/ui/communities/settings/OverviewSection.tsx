import { useEffect, useState } from "react"
import { aliasFrom, serverOf } from "../../../domain/communities/createCommunity"
import { asString } from "../../../matrix/base/read"
import type { Room } from "../../../matrix/contract/room"
import { useSession } from "../../bridge/contexts"
import { useObservable } from "../../bridge/useObservable"
import { Avatar, Button, Switch, TextArea, TextField } from "../../design"
import { t } from "../../language/t"
import { failureText } from "../failureText"
import { PicturePicker } from "../PicturePicker"
import { useSaving } from "./useSaving"

/** Name, topic, picture, address. */
export function OverviewSection({ room }: { room: Room }) {
  const session = useSession()
  const summary = useObservable(room.summary)
  const permissions = useObservable(room.permissions)
  const ownName = asString(useObservable(room.state("m.room.name"))?.name) ?? ""
  const [name, setName] = useState(ownName)
  const [topic, setTopic] = useState(summary.topic ?? "")
  const [picture, setPicture] = useState<Blob>()
  const { isBusy, error, save } = useSaving()
  const canName = permissions.canSendState("m.room.name")
  const canTopic = permissions.canSendState("m.room.topic")
  const canPicture = permissions.canSendState("m.room.avatar")
  const hasChanged = name !== ownName || topic !== (summary.topic ?? "") || picture !== undefined

  return (
    <form className="room-settings-form" onSubmit={(event) => {
      event.preventDefault()
      void save(async () => {
        if (name !== ownName) await room.setState("m.room.name", "", { name: name.trim() })
        if (topic !== (summary.topic ?? "")) await room.setState("m.room.topic", "", { topic: topic.trim() })
        if (picture !== undefined) await room.setState("m.room.avatar", "", { url: await session.media.upload(picture, "picture") })
        setPicture(undefined)
      })
    }}>
      <div className="room-settings-picture">
        <Avatar name={summary.name ?? summary.id} id={room.id} mxc={summary.avatar} size={84} shape="square" />
        {canPicture && <PicturePicker label={t("communities.picture")} picture={picture} onChange={setPicture} />}
      </div>
      <TextField label={t("communities.channel.name")} value={name} onChange={setName} maxLength={100} disabled={!canName} />
      <TextArea label={t("communities.channel.topic")} value={topic} onChange={setTopic} maxLength={2000} rows={3} disabled={!canTopic} />
      {error !== undefined && <p role="alert" className="room-settings-error">{error}</p>}
      {(canName || canTopic || canPicture) && <div><Button variant="primary" type="submit" isBusy={isBusy} disabled={!hasChanged}>{t("common.save")}</Button></div>}
      {permissions.canSendState("m.room.canonical_alias") && <AddressSection room={room} />}
    </form>
  )
}

/** The public address, and whether the directory lists it. */
function AddressSection({ room }: { room: Room }) {
  const session = useSession()
  const summary = useObservable(room.summary)
  const [alias, setAlias] = useState(() => summary.alias?.slice(1).split(":")[0] ?? aliasFrom(summary.name ?? ""))
  const [isListed, setListed] = useState<boolean>()
  const [error, setError] = useState<string>()
  const { isBusy, error: saveError, save } = useSaving()
  const path = `/_matrix/client/v3/directory/list/room/${encodeURIComponent(room.id)}`

  useEffect(() => {
    let isWanted = true
    session.api.get(path).then((answer) => {
      if (isWanted) setListed(answer.visibility === "public")
    }, () => undefined)
    return () => {
      isWanted = false
    }
  }, [session, path])

  const saveAlias = () => save(async () => {
    const full = `#${alias.trim()}:${serverOf(session.userId)}`
    if (alias.trim() === "") return room.setState("m.room.canonical_alias", "", {}).then(() => undefined)
    await session.api.put(`/_matrix/client/v3/directory/room/${encodeURIComponent(full)}`, { room_id: room.id })
    await room.setState("m.room.canonical_alias", "", { alias: full })
  })

  return (
    <section className="room-settings-block" aria-label={t("communities.overview.public")}>
      <h2>{t("communities.overview.public")}</h2>
      <div className="room-settings-row">
        <TextField label={t("communities.overview.alias")} value={alias} onChange={setAlias} prefix="#" suffix={`:${serverOf(session.userId)}`} maxLength={100} spellCheck={false} error={saveError} hint={t("communities.overview.aliasHint")} />
        <Button isBusy={isBusy} disabled={`#${alias}:${serverOf(session.userId)}` === summary.alias} onClick={() => void saveAlias()}>{t("common.save")}</Button>
      </div>
      {isListed !== undefined && (
        <Switch label={t("communities.overview.listed")} hint={t("communities.overview.listedHint")} isOn={isListed} onChange={(next) => {
          setListed(next)
          session.api.put(path, { visibility: next ? "public" : "private" }).then(() => setError(undefined), (problem: unknown) => {
            setListed(!next)
            setError(failureText(problem))
          })
        }} />
      )}
      {error !== undefined && <p role="alert" className="room-settings-error">{error}</p>}
    </section>
  )
}
