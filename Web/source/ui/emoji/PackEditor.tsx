import { useState } from "react"
import { packsOf, userPack } from "../../domain/packs/availablePacks"
import { readPack, userPackType, type ImagePack } from "../../domain/packs/ImagePack"
import { deletePack, enableEverywhere, freeStateKey, isEnabledEverywhere } from "../../domain/packs/savePack"
import { enabledPackTypes } from "../../domain/packs/ImagePack"
import { constant } from "../../matrix/base/observable"
import type { Room } from "../../matrix/contract/room"
import { useSession } from "../bridge/contexts"
import { useObservable } from "../bridge/useObservable"
import { Button, EmptyState, IconButton, Switch, useConfirm } from "../design"
import { t } from "../language/t"
import { EmojiImage } from "./EmojiImage"
import { PackForm } from "./PackForm"
import "./pack.css"

const none = constant<readonly ImagePack[]>([])

/** The packs of a room or server, or without a room the pack of one's own: made, filled and switched on here. */
export function PackEditor({ room }: { room: Room | undefined }) {
  const session = useSession()
  const ofRoom = useObservable(room === undefined ? none : packsOf(room))
  const own = useObservable(session.accountData(userPackType))
  for (const type of enabledPackTypes) useObservable(session.accountData(type)) // oxlint-disable-line react-hooks/rules-of-hooks -- a list that never changes
  const [editing, setEditing] = useState<ImagePack>()
  const [error, setError] = useState<string>()
  const confirm = useConfirm()
  const permissions = useObservable(room?.permissions)
  const mine = own === undefined ? undefined : userPack(session)
  const packs = room === undefined ? (mine === undefined ? [] : [mine]) : ofRoom
  const canChange = permissions === undefined || permissions.canSendState("m.room.image_pack")

  const add = () => {
    const name = room === undefined ? t("emoji.pack.own") : t("emoji.pack.new")
    const stateKey = room === undefined ? "" : freeStateKey(name, new Set(packs.map((pack) => pack.source.stateKey)))
    setEditing(readPack({ images: {}, pack: { display_name: name } }, { room: room?.id, stateKey }, name))
  }
  const remove = async (pack: ImagePack) => {
    if (!await confirm({ title: t("emoji.pack.deleteTitle", { name: pack.name }), text: t("emoji.pack.deleteText"), action: t("common.delete"), isDanger: true })) return
    await deletePack(session, room, pack.source).catch(() => setError(t("emoji.pack.failed")))
  }

  if (editing !== undefined) return <PackForm room={room} pack={editing} onDone={() => setEditing(undefined)} />
  return (
    <div className="pack-editor">
      <p className="pack-editor-hint">{t(room === undefined ? "emoji.pack.ownHint" : "emoji.pack.hint")}</p>
      {error !== undefined && <p role="alert">{error}</p>}
      {packs.length === 0 && <EmptyState icon="sticker" title={t("emoji.pack.none")} text={t("emoji.pack.noneHint")}>{canChange && <Button variant="primary" icon="plus" onClick={add}>{t("emoji.pack.add")}</Button>}</EmptyState>}
      <ul className="pack-editor-list">
        {packs.map((pack) => (
          <li key={pack.source.stateKey} className="pack-editor-card">
            <div className="pack-editor-head">
              <h3 dir="auto">{pack.name}</h3>
              <span className="pack-editor-hint">{t("emoji.pack.count", { count: pack.images.length })}</span>
              {canChange && <IconButton icon="edit" label={t("emoji.pack.edit", { name: pack.name })} onClick={() => setEditing(pack)} />}
              {canChange && <IconButton icon="trash" label={t("emoji.pack.delete", { name: pack.name })} onClick={() => void remove(pack)} />}
            </div>
            <div className="pack-editor-strip">{pack.images.slice(0, 16).map((image) => <EmojiImage key={image.shortcode} url={image.url} alt={image.shortcode} size={32} title={`:${image.shortcode}:`} />)}</div>
            {room !== undefined && (
              <Switch label={t("emoji.pack.everywhere")} isOn={isEnabledEverywhere(session, pack.source)} onChange={(isOn) => {
                enableEverywhere(session, pack.source, isOn).catch(() => setError(t("emoji.pack.failed")))
              }} />
            )}
          </li>
        ))}
      </ul>
      {packs.length > 0 && room !== undefined && canChange && <div><Button icon="plus" onClick={add}>{t("emoji.pack.add")}</Button></div>}
    </div>
  )
}
