import { useState } from "react"
import { orderAt, readCategories, withCategoryMoved, withChannel, writeCategories, type Category } from "../../../domain/communities/categories"
import { roomKind } from "../../../domain/rooms/roomKind"
import { MartletType } from "../../../matrix/contract/events"
import type { Room } from "../../../matrix/contract/room"
import { useSession } from "../../bridge/contexts"
import { useObservable } from "../../bridge/useObservable"
import { Banner, Button, Icon, IconButton, Menu, MenuItem, TextField, type IconName } from "../../design"
import { t } from "../../language/t"
import { CreateChannelDialog } from "../CreateChannelDialog"
import { useSaving } from "./useSaving"

/** Categories and the order of channels: by menu and keys, dragging is in the list itself. */
export function ChannelsSection({ room }: { room: Room }) {
  const session = useSession()
  const permissions = useObservable(room.permissions)
  const saved = readCategories(useObservable(room.state(MartletType.categories)))
  const children = useObservable(room.stateOf("m.space.child"))
  const [draft, setDraft] = useState<readonly Category[]>()
  const [newIn, setNewIn] = useState<string>()
  const { isBusy, error, save } = useSaving()
  const categories = draft ?? saved
  const canChange = permissions.canSendState(MartletType.categories) && permissions.canSendState("m.space.child")
  const listed = [...children].filter(([, event]) => Array.isArray(event.content.via)).map(([id]) => id)
  const loose = listed.filter((id) => !categories.some((category) => category.channels.includes(id)))
  const nameOf = (id: string) => session.room(id)?.summary.get().name ?? id

  const store = () => save(async () => {
    if (draft === undefined) return
    await room.setState(MartletType.categories, "", writeCategories(draft))
    // Other clients order by the child's own member.
    const order = [...loose, ...draft.flatMap((category) => category.channels)]
    for (const [index, id] of order.entries()) {
      const content = children.get(id)?.content
      if (content !== undefined && content.order !== orderAt(index)) await room.setState("m.space.child", id, { ...content, order: orderAt(index) })
    }
    setDraft(undefined)
  })
  const row = (id: string, category: Category | undefined) => {
    const index = category?.channels.indexOf(id) ?? -1
    const above = category?.channels[index - 1]
    const afterNext = category?.channels[index + 2]
    return (
      <li key={id}>
        <Icon name={kindIcon(session.room(id))} size={16} />
        <span className="room-settings-grow" dir="auto">{nameOf(id)}</span>
        {canChange && (
          <Menu trigger={<IconButton icon="dots" size="small" label={t("communities.channels.move", { name: nameOf(id) })} />} label={nameOf(id)}>
            {above !== undefined && category !== undefined && <MenuItem icon="arrow-up" onSelect={() => setDraft(withChannel(categories, id, category.id, above))}>{t("communities.channels.up")}</MenuItem>}
            {category !== undefined && index < category.channels.length - 1 && <MenuItem icon="arrow-down" onSelect={() => setDraft(withChannel(categories, id, category.id, afterNext))}>{t("communities.channels.down")}</MenuItem>}
            {categories.filter((one) => one !== category).map((one) => <MenuItem key={one.id} icon="folder" onSelect={() => setDraft(withChannel(categories, id, one.id))}>{t("communities.channels.to", { name: one.name })}</MenuItem>)}
            {category !== undefined && <MenuItem icon="minus" onSelect={() => setDraft(withChannel(categories, id, undefined))}>{t("communities.channels.toNone")}</MenuItem>}
            <MenuItem icon="settings" onSelect={() => {
              location.hash = `#/room-settings/${encodeURIComponent(id)}`
            }}>{t("communities.channels.settings")}</MenuItem>
          </Menu>
        )}
      </li>
    )
  }

  return (
    <div className="room-settings-form">
      {!canChange && <Banner kind="info">{t("communities.settings.readOnly")}</Banner>}
      {loose.length > 0 && <ul className="room-settings-list">{loose.map((id) => row(id, undefined))}</ul>}
      {categories.map((category, index) => (
        <section key={category.id} className="room-settings-category" aria-label={category.name}>
          <div className="room-settings-row">
            <TextField label={t("communities.channels.category")} isLabelHidden value={category.name} maxLength={100} disabled={!canChange}
              onChange={(name) => setDraft(categories.map((one) => (one === category ? { ...one, name } : one)))} />
            {canChange && (
              <>
                {index > 0 && <IconButton icon="arrow-up" label={t("communities.channels.categoryUp", { name: category.name })} onClick={() => setDraft(withCategoryMoved(categories, category.id, categories[index - 1]?.id))} />}
                {index < categories.length - 1 && <IconButton icon="arrow-down" label={t("communities.channels.categoryDown", { name: category.name })} onClick={() => setDraft(withCategoryMoved(categories, category.id, categories[index + 2]?.id))} />}
                <IconButton icon="plus" label={t("communities.channel.create")} onClick={() => setNewIn(category.id)} />
                <IconButton icon="trash" label={t("communities.channels.deleteCategory", { name: category.name })} onClick={() => setDraft(categories.filter((one) => one !== category))} />
              </>
            )}
          </div>
          <ul className="room-settings-list">{category.channels.filter((id) => listed.includes(id)).map((id) => row(id, category))}</ul>
        </section>
      ))}
      {error !== undefined && <p role="alert" className="room-settings-error">{error}</p>}
      {canChange && (
        <div className="room-settings-buttons">
          <Button icon="folder-plus" onClick={() => setDraft([...categories, { id: freeID(categories), name: t("communities.channels.newCategory"), channels: [] }])}>{t("communities.channels.addCategory")}</Button>
          {draft !== undefined && <Button variant="primary" isBusy={isBusy} onClick={() => void store()}>{t("common.save")}</Button>}
          {draft !== undefined && <Button variant="quiet" onClick={() => setDraft(undefined)}>{t("common.cancel")}</Button>}
        </div>
      )}
      {newIn !== undefined && <CreateChannelDialog space={room} category={newIn} onClose={() => setNewIn(undefined)} />}
    </div>
  )
}

function kindIcon(room: Room | undefined): IconName {
  if (room === undefined) return "hash"
  const { type, joinRule } = room.summary.get()
  return kindIcons[roomKind({ type, joinRule }, room.state("m.room.power_levels").get())]
}

const kindIcons = { text: "hash", private: "lock", voice: "volume", announcement: "megaphone", space: "grid" } as const

function freeID(categories: readonly Category[]): string {
  for (let number = categories.length + 1; ; number += 1) if (!categories.some((category) => category.id === `c${number}`)) return `c${number}`
}
