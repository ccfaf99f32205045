import { useState } from "react"
import { asArray, asObject, asString } from "../../matrix/base/read"
import type { JSONValue } from "../../matrix/base/read"
import { localpart } from "../../domain/rooms/roomName"
import { askInDialog } from "../accounts/authentication"
import { PasswordStrength } from "../accounts/PasswordStrength"
import { rememberPassword } from "../accounts/passwordMemory"
import { usePlatform, useSession } from "../bridge/contexts"
import { useObservable } from "../bridge/useObservable"
import { Avatar, Button, Card, Checkbox, CopyButton, Dialog, PasswordField, Select, TextField } from "../design"
import { t } from "../language/t"
import { signOut } from "../accounts/signOut"
import { AccountsCard } from "./AccountsCard"
import { MailsCard } from "./MailsCard"
import { PictureDialog } from "./PictureDialog"
import { useCall } from "./useCall"

const pronounsField = "io.fsky.nyx.pronouns"

export function AccountPage() {
  const session = useSession()
  const platform = usePlatform()
  const [dialog, setDialog] = useState<"password" | "deactivate">()
  return (
    <>
      <ProfileCard />
      <MailsCard />
      <Card title={t("settings.account.password")} level={2}>
        <div className="settings-buttons"><Button icon="key" onClick={() => setDialog("password")}>{t("settings.account.changePassword")}</Button></div>
      </Card>
      <AccountsCard />
      <Card title={t("settings.account.leaving")} level={2}>
        <div className="settings-buttons">
          <Button icon="door" onClick={() => void signOut(session, platform.settings)}>{t("accounts.signOut.action")}</Button>
          <Button variant="danger" icon="trash" onClick={() => setDialog("deactivate")}>{t("settings.account.deactivate")}</Button>
        </div>
      </Card>
      {dialog === "password" && <PasswordDialog onClose={() => setDialog(undefined)} />}
      {dialog === "deactivate" && <DeactivateDialog onClose={() => setDialog(undefined)} />}
    </>
  )
}

function ProfileCard() {
  const session = useSession()
  const profile = useObservable(session.profile(session.userId))
  const presence = useObservable(session.presence(session.userId))
  const [file, setFile] = useState<File>()
  const [call, isBusy] = useCall()
  const zone = asString(profile.fields["m.tz"]) ?? asString(profile.fields["us.cloke.msc4175.tz"]) ?? ""
  const name = profile.displayName ?? localpart(session.userId)
  const save = (field: string, value: JSONValue | null) => call(() => session.setProfileField(field, value))
  return (
    <Card title={t("settings.account.profile")} level={2}>
      <div className="settings-picture">
        <Avatar id={session.userId} name={name} mxc={profile.avatar} size={80} label={t("settings.account.picture")} isAnimated />
        <div className="settings-stack">
          <div className="settings-buttons">
            <label className="button button-plain account-file">
              {t(profile.avatar === undefined ? "settings.account.pictureAdd" : "settings.account.pictureChange")}
              <input
                type="file" className="visually-hidden" accept="image/png,image/jpeg,image/webp,image/gif"
                onChange={(event) => {
                  setFile(event.target.files?.[0])
                  event.target.value = ""
                }}
              />
            </label>
            {profile.avatar !== undefined && <Button variant="quiet" isBusy={isBusy} onClick={() => void save("avatar_url", null)}>{t("settings.account.pictureRemove")}</Button>}
          </div>
          <div className="settings-buttons"><code>{session.userId}</code><CopyButton size="small" text={session.userId} label={t("settings.account.copyID")} /></div>
        </div>
      </div>
      <SavedField label={t("settings.account.name")} value={profile.displayName ?? ""} maxLength={100} onSave={(value) => save("displayname", value)} isRequired />
      <SavedField label={t("settings.account.status")} hint={t("settings.account.statusHint")} value={presence.statusMessage ?? ""} maxLength={200} onSave={(value) => call(() => session.setPresence(presence.state, value))} />
      <div className="settings-pair">
        <SavedField label={t("settings.account.pronouns")} value={pronounsOf(profile.fields[pronounsField]) ?? ""} maxLength={60} onSave={(value) => save(pronounsField, value === "" ? null : [{ language: "en", summary: value }])} />
        <Select label={t("settings.account.timezone")} value={zone} options={[{ value: "", label: t("settings.account.timezoneNone") }, ...zones(zone).map((one) => ({ value: one, label: one.replace(/_/g, " ") }))]} onChange={(value) => void save("m.tz", value === "" ? null : value)} />
      </div>
      {file !== undefined && <PictureDialog file={file} onClose={() => setFile(undefined)} onDone={(mxc) => save("avatar_url", mxc)} />}
    </Card>
  )
}

/** A text with a button that appears when it was changed. */
function SavedField({ label, hint, value, onSave, maxLength, isRequired = false }: { label: string; hint?: string; value: string; onSave: (value: string) => Promise<boolean>; maxLength: number; isRequired?: boolean }) {
  const [text, setText] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const shown = text ?? value
  const isChanged = text !== undefined && text.trim() !== value && !(isRequired && text.trim() === "")
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (!isChanged) return
        setBusy(true)
        void onSave(text.trim()).then((isDone) => {
          setBusy(false)
          if (isDone) setText(undefined)
        })
      }}
    >
      <TextField label={label} hint={hint} value={shown} onChange={setText} maxLength={maxLength} autoComplete="off" suffix={isChanged ? <Button type="submit" size="small" variant="primary" isBusy={isBusy}>{t("common.save")}</Button> : undefined} />
    </form>
  )
}

function pronounsOf(value: JSONValue | undefined): string | undefined {
  return asString(value) ?? asString(asObject(asArray(value)[0])?.summary)
}

/** The time zones that the browser knows, this machine's first. */
function zones(chosen: string): string[] {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone
  const known = (Intl as typeof Intl & { supportedValuesOf?: (key: string) => string[] }).supportedValuesOf?.("timeZone") ?? []
  return [...new Set([own, ...(chosen === "" ? [] : [chosen]), ...known])]
}

function PasswordDialog({ onClose }: { onClose: () => void }) {
  const session = useSession()
  const [password, setPassword] = useState("")
  const [signsOut, setSignsOut] = useState(false)
  const [call, isBusy] = useCall()
  const change = async () => {
    if (password.length < 8) return
    const isDone = await call(
      () => session.api.interactive("POST", "/_matrix/client/v3/account/password", { new_password: password, logout_devices: signsOut }, askInDialog(session.api, session.userId, t("settings.account.oldPassword"))), t("settings.account.passwordChanged"),
    )
    if (!isDone) return
    rememberPassword(session.userId, password)
    onClose()
  }
  return (
    <Dialog title={t("settings.account.changePassword")} size="small" onClose={onClose} onSubmit={() => void change()} footer={<><Button variant="quiet" onClick={onClose}>{t("common.cancel")}</Button><Button type="submit" variant="primary" isBusy={isBusy} disabled={password.length < 8}>{t("settings.account.changePassword")}</Button></>}>
      <PasswordField label={t("accounts.reset.new")} value={password} onChange={setPassword} autoComplete="new-password" />
      <PasswordStrength password={password} />
      <Checkbox label={t("settings.account.signOutOthers")} hint={t("settings.account.signOutOthersHint")} isChecked={signsOut} onChange={setSignsOut} />
    </Dialog>
  )
}

function DeactivateDialog({ onClose }: { onClose: () => void }) {
  const session = useSession()
  const [erases, setErases] = useState(false)
  const [typed, setTyped] = useState("")
  const [call, isBusy] = useCall()
  const isReady = typed.trim() === session.userId
  const deactivate = async () => {
    if (!isReady) return
    const isDone = await call(() => session.api.interactive("POST", "/_matrix/client/v3/account/deactivate", { erase: erases }, askInDialog(session.api, session.userId, t("settings.account.deactivate"))))
    if (!isDone) return
    onClose()
    // The server forgot the device already; what is left is to forget it here.
    await session.signOut().catch(() => undefined)
    location.hash = ""
  }
  return (
    <Dialog title={t("settings.account.deactivateTitle")} description={t("settings.account.deactivateText")} role="alertdialog" onClose={onClose} onSubmit={() => void deactivate()} footer={<><Button variant="quiet" onClick={onClose}>{t("common.cancel")}</Button><Button type="submit" variant="danger" disabled={!isReady} isBusy={isBusy}>{t("settings.account.deactivate")}</Button></>}>
      <Checkbox label={t("settings.account.erase")} hint={t("settings.account.eraseHint")} isChecked={erases} onChange={setErases} />
      <TextField label={t("common.typeToConfirm", { word: session.userId })} value={typed} onChange={setTyped} autoComplete="off" spellCheck={false} />
    </Dialog>
  )
}
