import { useCallback, useState } from "react"
import { asArray, asNumber, asObject, asString } from "../../matrix/base/read"
import type { DeviceInfo } from "../../matrix/contract/encryption"
import { askInDialog } from "../accounts/authentication"
import { failureText } from "../accounts/failureText"
import { signOut } from "../accounts/signOut"
import { usePlatform, useSession } from "../bridge/contexts"
import { useObservable } from "../bridge/useObservable"
import { Banner, Button, Card, Checkbox, confirm, Dialog, Icon, Menu, MenuItem, MenuLine, IconButton, showToast, Skeleton, TextField } from "../design"
import { currentLanguage, t } from "../language/t"
import { useAnswer } from "./useAnswer"
import { useCall } from "./useCall"

interface Device { readonly id: string; readonly name: string | undefined; readonly lastSeen: number | undefined; readonly address: string | undefined }

/** Where the account is signed in. */
export function DevicesPage() {
  const session = useSession()
  const platform = usePlatform()
  const known = useObservable(session.encryption.devices(session.userId))
  const setup = useObservable(session.encryption.setup)
  const [answer, reload] = useAnswer(useCallback(async (signal: AbortSignal) => {
    const found = await session.api.get("/_matrix/client/v3/devices", undefined, signal)
    return asArray(found.devices).flatMap((value): Device[] => {
      const one = asObject(value)
      const id = asString(one?.device_id)
      return id === undefined ? [] : [{ id, name: asString(one?.display_name), lastSeen: asNumber(one?.last_seen_ts), address: asString(one?.last_seen_ip) }]
    }).sort((a, b) => (b.lastSeen ?? 0) - (a.lastSeen ?? 0))
  }, [session]))
  const [chosen, setChosen] = useState<readonly string[]>([])
  const [renamed, setRenamed] = useState<Device>()
  const [call, isBusy] = useCall()

  if (answer.kind === "loading") return <Card><Skeleton count={4} /></Card>
  if (answer.kind === "failed") return <Banner kind="warning" actions={<Button size="small" onClick={reload}>{t("common.retry")}</Button>}>{failureText(answer.error)}</Banner>

  const remove = async (ids: readonly string[]) => {
    if (!(await confirm({ title: t("settings.devices.signOutTitle", { count: ids.length }), text: t("settings.devices.signOutText"), action: t("settings.devices.signOut"), isDanger: true }))) return
    const isDone = await call(() => session.api.interactive("POST", "/_matrix/client/v3/delete_devices", { devices: [...ids] }, askInDialog(session.api, session.userId, t("settings.devices.signOut"))), t("settings.devices.signedOut", { count: ids.length }))
    if (!isDone) return
    setChosen([])
    reload()
  }
  const verify = (id: string) => {
    session.encryption.verifyOwnDevice(id).catch((error: unknown) => showToast({ kind: "error", text: failureText(error) }))
  }
  const own = answer.value.find((one) => one.id === session.deviceId)
  const others = answer.value.filter((one) => one.id !== session.deviceId)
  const facts = (id: string) => known.find((one) => one.deviceId === id)
  const row = (device: Device) => (
    <DeviceRow
      key={device.id} device={device} facts={facts(device.id)} isOwn={device.id === session.deviceId} canVerify={setup.kind === "ready" && device.id !== session.deviceId}
      isChosen={chosen.includes(device.id)} onChoose={device.id === session.deviceId ? undefined : (isOn) => setChosen(isOn ? [...chosen, device.id] : chosen.filter((one) => one !== device.id))}
      onRename={() => setRenamed(device)} onVerify={() => verify(device.id)} onSignOut={() => void (device.id === session.deviceId ? signOut(session, platform.settings) : remove([device.id]))}
    />
  )
  return (
    <>
      {setup.kind === "needs-verification" && <Banner kind="warning" icon="shield-warning" title={t("settings.devices.unverifiedTitle")}>{t("settings.devices.unverifiedText")}</Banner>}
      <Card title={t("settings.devices.this")} level={2}><ul className="settings-list">{own !== undefined && row(own)}</ul></Card>
      <Card
        title={t("settings.devices.others")} description={t("settings.devices.othersText")} level={2}
        actions={chosen.length > 0 ? <Button variant="danger" size="small" isBusy={isBusy} onClick={() => void remove(chosen)}>{t("settings.devices.signOutCount", { count: chosen.length })}</Button> : undefined}
      >
        {others.length === 0 ? <p className="settings-note">{t("settings.devices.none")}</p> : <ul className="settings-list">{others.map(row)}</ul>}
      </Card>
      {renamed !== undefined && <RenameDialog device={renamed} onClose={() => setRenamed(undefined)} onDone={reload} />}
    </>
  )
}

function DeviceRow({ device, facts, isOwn, canVerify, isChosen, onChoose, onRename, onVerify, onSignOut }: {
  device: Device; facts: DeviceInfo | undefined; isOwn: boolean; canVerify: boolean; isChosen: boolean; onChoose: ((isOn: boolean) => void) | undefined; onRename: () => void; onVerify: () => void; onSignOut: () => void
}) {
  const name = device.name ?? facts?.displayName ?? device.id
  const trust = facts === undefined ? undefined : facts.isSigned ? t("settings.devices.verified") : t("settings.devices.unverified")
  const details = [trust, device.lastSeen === undefined ? undefined : isOwn ? t("settings.devices.now") : t("settings.devices.lastSeen", { when: since(device.lastSeen) }), device.address, device.id].filter((one) => one !== undefined)
  return (
    <li>
      {onChoose !== undefined && <Checkbox label={<span className="visually-hidden">{t("settings.devices.choose", { name })}</span>} isChecked={isChosen} onChange={onChoose} />}
      <Icon name={facts === undefined ? "device" : facts.isSigned ? "shield-check" : "shield-warning"} size={22} />
      <span className="settings-list-text"><span>{name}</span><br /><span className="settings-list-hint">{details.join(" · ")}</span></span>
      {canVerify && facts !== undefined && !facts.isSigned && <Button size="small" onClick={onVerify}>{t("settings.devices.verify")}</Button>}
      <Menu trigger={<IconButton icon="dots" label={t("settings.devices.menu", { name })} />} placement="bottom-end">
        <MenuItem icon="edit" onSelect={onRename}>{t("settings.devices.rename")}</MenuItem>
        {canVerify && <MenuItem icon="shield-check" onSelect={onVerify}>{t("settings.devices.verify")}</MenuItem>}
        {facts !== undefined && <MenuItem icon="copy" hint={grouped(facts.fingerprint)} onSelect={() => void navigator.clipboard.writeText(facts.fingerprint)}>{t("settings.devices.fingerprint")}</MenuItem>}
        <MenuLine />
        <MenuItem icon="door" isDanger onSelect={onSignOut}>{t("settings.devices.signOut")}</MenuItem>
      </Menu>
    </li>
  )
}

function RenameDialog({ device, onClose, onDone }: { device: Device; onClose: () => void; onDone: () => void }) {
  const session = useSession()
  const [name, setName] = useState(device.name ?? "")
  const [call, isBusy] = useCall()
  const save = async () => {
    if (name.trim() === "" || !(await call(() => session.api.put(`/_matrix/client/v3/devices/${encodeURIComponent(device.id)}`, { display_name: name.trim() })))) return
    onDone()
    onClose()
  }
  return (
    <Dialog title={t("settings.devices.rename")} size="small" onClose={onClose} onSubmit={() => void save()} footer={<><Button variant="quiet" onClick={onClose}>{t("common.cancel")}</Button><Button type="submit" variant="primary" isBusy={isBusy}>{t("common.save")}</Button></>}>
      <TextField label={t("settings.devices.name")} hint={t("settings.devices.nameHint")} value={name} onChange={setName} maxLength={100} />
    </Dialog>
  )
}

function grouped(fingerprint: string): string {
  return fingerprint.match(/.{1,4}/g)?.join(" ") ?? fingerprint
}

/** How long ago something was, in the largest unit that fits. */
function since(timestamp: number): string {
  const seconds = (timestamp - Date.now()) / 1000
  const format = new Intl.RelativeTimeFormat(currentLanguage(), { numeric: "auto" })
  const units: readonly [Intl.RelativeTimeFormatUnit, number][] = [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3600], ["minute", 60]]
  for (const [unit, length] of units) if (Math.abs(seconds) >= length) return format.format(Math.round(seconds / length), unit)
  return format.format(0, "minute")
}
