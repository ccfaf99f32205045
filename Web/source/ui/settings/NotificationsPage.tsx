import { useMemo, useState } from "react"
import { PushRuleEditor, readNotificationRules } from "../../domain/settings/pushRules"
import type { RoomSummary } from "../../matrix/contract/room"
import { useSession } from "../bridge/contexts"
import { useObservable } from "../bridge/useObservable"
import { useSetting } from "../bridge/useSetting"
import { Avatar, Banner, Button, Card, Checkbox, EmptyState, FormRow, IconButton, SegmentedControl, Select, Switch, TextField } from "../design"
import { currentLanguage, t } from "../language/t"
import { useCall } from "./useCall"

/** What notifies: by the account's push rules, and how this device tells of it. */
export function NotificationsPage() {
  return (
    <>
      <DeviceCard />
      <RulesCard />
      <KeywordsCard />
      <QuietCard />
      <ExceptionsCard />
    </>
  )
}

function DeviceCard() {
  const [desktop, setDesktop] = useSetting("desktopNotifications")
  const [sounds, setSounds] = useSetting("sounds")
  const [preview, setPreview] = useSetting("notificationPreview")
  const [unreadStyle, setUnreadStyle] = useSetting("unreadStyle")
  const [permission, setPermission] = useState(() => ("Notification" in window ? Notification.permission : "denied"))
  const change = async (isOn: boolean) => {
    if (isOn && permission === "default") setPermission(await Notification.requestPermission())
    setDesktop(isOn)
  }
  return (
    <Card title={t("settings.notifications.device")} level={2}>
      {permission === "denied" && <Banner kind="warning">{t("settings.notifications.denied")}</Banner>}
      <Switch label={t("settings.notifications.desktop")} hint={permission === "default" ? t("settings.notifications.ask") : undefined} isOn={desktop && permission === "granted"} isDisabled={permission === "denied"} onChange={(isOn) => void change(isOn)} />
      <Switch label={t("settings.notifications.sounds")} isOn={sounds} onChange={setSounds} />
      <FormRow label={t("settings.notifications.preview")} hint={t("settings.notifications.previewHint")}>
        <Select
          label={t("settings.notifications.preview")} isLabelHidden value={preview} onChange={setPreview}
          options={[{ value: "full", label: t("settings.notifications.preview.full") }, { value: "sender", label: t("settings.notifications.preview.sender") }, { value: "none", label: t("settings.notifications.preview.none") }]}
        />
      </FormRow>
      <FormRow label={t("settings.notifications.unread")} hint={t("settings.notifications.unreadHint")}>
        <SegmentedControl label={t("settings.notifications.unread")} value={unreadStyle} onChange={setUnreadStyle} options={[{ value: "dot", label: t("settings.notifications.dot") }, { value: "count", label: t("settings.notifications.count") }]} />
      </FormRow>
    </Card>
  )
}

function useRules() {
  const session = useSession()
  const source = useMemo(() => session.accountData("m.push_rules"), [session])
  const rules = readNotificationRules(useObservable(source))
  const editor = useMemo(() => new PushRuleEditor(session.api, () => source.get()), [session, source])
  return { rules, editor }
}

function RulesCard() {
  const { rules, editor } = useRules()
  const [call, isBusy] = useCall()
  const set = (work: () => Promise<void>) => () => void call(work)
  return (
    <Card title={t("settings.notifications.what")} description={t("settings.notifications.whatText")} level={2}>
      <Switch label={t("settings.notifications.master")} isOn={rules.isOn} isBusy={isBusy} onChange={(isOn) => set(() => editor.setOn(isOn))()} />
      <Switch label={t("settings.notifications.direct")} isOn={rules.directMessages} isDisabled={!rules.isOn} isBusy={isBusy} onChange={(isOn) => set(() => editor.setDirectMessages(isOn))()} />
      <FormRow label={t("settings.notifications.channels")}>
        <SegmentedControl label={t("settings.notifications.channels")} value={rules.channels} onChange={(level) => set(() => editor.setChannels(level))()} options={[{ value: "all", label: t("settings.notifications.all") }, { value: "mentions", label: t("settings.notifications.mentions") }]} />
      </FormRow>
      <Switch label={t("settings.notifications.userMentions")} isOn={rules.userMentions} isDisabled={!rules.isOn} isBusy={isBusy} onChange={(isOn) => set(() => editor.setUserMentions(isOn))()} />
      <Switch label={t("settings.notifications.roomMentions")} isOn={rules.roomMentions} isDisabled={!rules.isOn} isBusy={isBusy} onChange={(isOn) => set(() => editor.setRoomMentions(isOn))()} />
      <Switch label={t("settings.notifications.invites")} isOn={rules.invites} isDisabled={!rules.isOn} isBusy={isBusy} onChange={(isOn) => set(() => editor.setInvites(isOn))()} />
    </Card>
  )
}

function KeywordsCard() {
  const { rules, editor } = useRules()
  const [call, isBusy] = useCall()
  const [word, setWord] = useState("")
  const isKnown = rules.keywords.some((one) => one.pattern.toLowerCase() === word.trim().toLowerCase())
  return (
    <Card title={t("settings.notifications.keywords")} description={t("settings.notifications.keywordsText")} level={2}>
      {rules.keywords.length > 0 && (
        <ul className="settings-chips">
          {rules.keywords.map((one) => <li key={one.id} className="settings-chip">{one.pattern}<IconButton icon="x" size="small" label={t("settings.notifications.keywordRemove", { word: one.pattern })} onClick={() => void call(() => editor.removeKeyword(one.id))} /></li>)}
        </ul>
      )}
      <form
        className="settings-add" onSubmit={(event) => {
          event.preventDefault()
          const next = word.trim()
          if (next !== "" && !isKnown) void call(() => editor.addKeyword(next)).then((isDone) => { if (isDone) setWord("") })
        }}
      >
        <TextField label={t("settings.notifications.keyword")} value={word} onChange={setWord} maxLength={100} autoComplete="off" error={isKnown ? t("settings.notifications.keywordKnown") : undefined} />
        <Button type="submit" isBusy={isBusy} disabled={word.trim() === "" || isKnown}>{t("settings.notifications.keywordAdd")}</Button>
      </form>
    </Card>
  )
}

function QuietCard() {
  const [doNotDisturb, setDoNotDisturb] = useSetting("doNotDisturb")
  const [hours, setHours] = useSetting("quietHours")
  // Weeks begin on Monday where they do; 2024-01-01 was one.
  const order = currentLanguage() === "de" ? [1, 2, 3, 4, 5, 6, 0] : [0, 1, 2, 3, 4, 5, 6]
  const dayName = (day: number) => new Intl.DateTimeFormat(currentLanguage(), { weekday: "short", timeZone: "UTC" }).format(Date.UTC(2023, 11, 31 + day))
  return (
    <Card title={t("settings.notifications.quiet")} level={2}>
      <Switch label={t("settings.notifications.doNotDisturb")} hint={t("settings.notifications.doNotDisturbHint")} isOn={doNotDisturb} onChange={setDoNotDisturb} />
      <Switch label={t("settings.notifications.quietHours")} hint={t("settings.notifications.quietHint")} isOn={hours.isOn} onChange={(isOn) => setHours({ ...hours, isOn })} />
      {hours.isOn && (
        <>
          <div className="settings-pair">
            <TextField className="settings-time" type="time" label={t("settings.notifications.from")} value={clockText(hours.from)} onChange={(text) => setHours({ ...hours, from: minutesOf(text) ?? hours.from })} />
            <TextField className="settings-time" type="time" label={t("settings.notifications.to")} value={clockText(hours.to)} onChange={(text) => setHours({ ...hours, to: minutesOf(text) ?? hours.to })} />
          </div>
          <fieldset><legend className="visually-hidden">{t("settings.notifications.days")}</legend>
            <div className="settings-days">{order.map((day) => <Checkbox key={day} label={dayName(day)} isChecked={hours.days.includes(day)} onChange={(isOn) => setHours({ ...hours, days: isOn ? [...hours.days, day].sort() : hours.days.filter((one) => one !== day) })} />)}</div>
          </fieldset>
        </>
      )}
    </Card>
  )
}

function clockText(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`
}

function minutesOf(text: string): number | undefined {
  const match = /^(\d\d):(\d\d)/.exec(text)
  return match === null ? undefined : Number(match[1]) * 60 + Number(match[2])
}

function ExceptionsCard() {
  const session = useSession()
  const rooms = useObservable(session.rooms)
  const [call] = useCall()
  const exceptions = rooms.filter((room) => room.membership === "join" && room.notifications !== "default").sort((a, b) => Number(b.type === "m.space") - Number(a.type === "m.space") || nameOf(a).localeCompare(nameOf(b)))
  return (
    <Card title={t("settings.notifications.exceptions")} description={t("settings.notifications.exceptionsText")} level={2}>
      {exceptions.length === 0 ? <EmptyState icon="bell" title={t("settings.notifications.exceptionsNone")} /> : (
        <ul className="settings-list">
          {exceptions.map((room) => (
            <li key={room.id}>
              <Avatar id={room.id} name={nameOf(room)} mxc={room.avatar} size={32} shape="square" />
              <span className="settings-list-text"><span>{nameOf(room)}</span>{room.type === "m.space" && <span className="settings-list-hint"> {t("settings.notifications.server")}</span>}</span>
              <Select
                label={t("settings.notifications.levelOf", { name: nameOf(room) })} isLabelHidden value={room.notifications} onChange={(level) => void call(async () => session.room(room.id)?.setNotifications(level))}
                options={[{ value: "default", label: t("settings.notifications.level.default") }, { value: "all", label: t("settings.notifications.level.all") }, { value: "mentions", label: t("settings.notifications.level.mentions") }, { value: "mute", label: t("settings.notifications.level.mute") }]}
              />
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

function nameOf(room: RoomSummary): string {
  return room.name ?? (room.heroes.map((hero) => hero.displayName ?? hero.userId).join(", ") || room.alias || room.id)
}
