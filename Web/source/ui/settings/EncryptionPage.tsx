import { useState } from "react"
import { failureText } from "../accounts/failureText"
import { RecoverForm } from "../accounts/encryption/RecoverForm"
import { RecoveryKeyDialog } from "../accounts/encryption/RecoveryKeyDialog"
import { keepRecoveryKey, keptRecoveryKey } from "../accounts/encryption/recoveryKeyStore"
import { saveFile } from "../accounts/encryption/saveFile"
import { askingAuthentication } from "../accounts/encryption/setUp"
import { useStored } from "../accounts/encryption/useStored"
import { usePlatform, useSession } from "../bridge/contexts"
import { useObservable } from "../bridge/useObservable"
import { Banner, Button, Card, confirm, Dialog, PasswordField, ProgressBar, showToast } from "../design"
import { t } from "../language/t"
import { useCall } from "./useCall"

/** How the keys of this account are kept, and what can be done about it. */
export function EncryptionPage() {
  const session = useSession()
  const platform = usePlatform()
  const { encryption } = session
  const setup = useObservable(encryption.setup)
  const backup = useObservable(encryption.backup)
  const own = useObservable(encryption.devices(session.userId)).find((one) => one.deviceId === session.deviceId)
  const [recoveryKey, reread] = useStored(() => keptRecoveryKey(platform.settings, session.userId))
  const [dialog, setDialog] = useState<"show" | "recover" | "export" | "import">()
  const [call, isBusy] = useCall()

  const show = (key: string) => {
    keepRecoveryKey(platform.settings, session.userId, key)
    reread()
    setDialog("show")
  }
  const begin = () => call(async () => show((await encryption.bootstrap({ authenticate: askingAuthentication(session, t("accounts.encryption.finishTitle")) })).recoveryKey))
  const reset = async () => {
    if (!(await confirm({ title: t("accounts.reset.encryptionTitle"), text: t("accounts.reset.encryptionText"), action: t("accounts.reset.encryptionAction"), isDanger: true }))) return
    await call(async () => show((await encryption.reset({ authenticate: askingAuthentication(session) })).recoveryKey))
  }
  const verify = () => call(() => encryption.verifyOwnDevice())

  return (
    <>
      {setup.kind === "ready" && <Banner kind="success" icon="shield-check" title={t("settings.encryption.readyTitle")}>{t("settings.encryption.readyText")}</Banner>}
      {setup.kind === "fresh" && <Banner kind="warning" icon="shield-warning" title={t("accounts.encryption.finishTitle")} actions={<Button size="small" variant="primary" isBusy={isBusy} onClick={() => void begin()}>{t("settings.encryption.setUp")}</Button>}>{t("settings.encryption.freshText")}</Banner>}
      {setup.kind === "needs-verification" && (
        <Banner
          kind="warning" icon="shield-warning" title={t("settings.devices.unverifiedTitle")}
          actions={<>{setup.otherDevices > 0 && <Button size="small" variant="primary" isBusy={isBusy} onClick={() => void verify()}>{t("accounts.newDevice.verify")}</Button>}{setup.canRecover && <Button size="small" onClick={() => setDialog("recover")}>{t("accounts.newDevice.key")}</Button>}</>}
        >
          {t("accounts.newDevice.text")}
        </Banner>
      )}
      {setup.kind === "incomplete" && <Banner kind="warning" icon="shield-warning" title={t("accounts.encryption.incompleteTitle")} actions={<><Button size="small" variant="primary" onClick={() => setDialog("recover")}>{t("accounts.newDevice.key")}</Button><Button size="small" isBusy={isBusy} onClick={() => void verify()}>{t("accounts.newDevice.verify")}</Button></>}>{t("settings.encryption.incompleteText")}</Banner>}
      <Card title={t("settings.encryption.backup")} description={t("settings.encryption.backupText")} level={2}>
        <p>{!backup.isEnabled ? t("settings.encryption.backupOff") : backup.waiting > 0 ? t("settings.encryption.backupWaiting", { count: backup.waiting }) : t("settings.encryption.backupOn")}</p>
        {backup.restore !== undefined && <><p className="settings-note">{t("settings.encryption.restoring", { done: backup.restore.done, total: backup.restore.total })}</p><ProgressBar label={t("settings.encryption.backup")} value={backup.restore.total === 0 ? undefined : backup.restore.done / backup.restore.total} /></>}
      </Card>
      <Card title={t("settings.encryption.recovery")} description={t("accounts.recovery.text")} level={2}>
        {recoveryKey !== undefined && <Banner kind="warning" title={t("accounts.recovery.cardTitle")} actions={<Button size="small" variant="primary" onClick={() => setDialog("show")}>{t("accounts.recovery.cardAction")}</Button>}>{t("accounts.recovery.cardText")}</Banner>}
        <div className="settings-buttons">
          {setup.kind !== "fresh" && setup.kind !== "unknown" && <Button onClick={() => setDialog("recover")}>{t("settings.encryption.enterKey")}</Button>}
          <Button variant="danger" isBusy={isBusy} onClick={() => void reset()}>{t("settings.encryption.reset")}</Button>
        </div>
        <p className="settings-note">{t("settings.encryption.resetNote")}</p>
      </Card>
      <Card title={t("settings.encryption.files")} description={t("settings.encryption.filesText")} level={2}>
        <div className="settings-buttons"><Button icon="download" onClick={() => setDialog("export")}>{t("settings.encryption.export")}</Button><Button icon="upload" onClick={() => setDialog("import")}>{t("settings.encryption.import")}</Button></div>
      </Card>
      {own !== undefined && (
        <Card title={t("settings.encryption.device")} level={2}>
          <dl className="settings-facts"><dt>{t("settings.encryption.deviceId")}</dt><dd><code>{session.deviceId}</code></dd><dt>{t("settings.devices.fingerprint")}</dt><dd><code>{own.fingerprint.match(/.{1,4}/g)?.join(" ")}</code></dd></dl>
        </Card>
      )}
      {dialog === "show" && recoveryKey !== undefined && (
        <RecoveryKeyDialog
          recoveryKey={recoveryKey} onClose={() => setDialog(undefined)}
          onSaved={() => {
            keepRecoveryKey(platform.settings, session.userId, undefined)
            reread()
            setDialog(undefined)
            showToast({ kind: "success", text: t("accounts.recovery.savedToast") })
          }}
        />
      )}
      {dialog === "recover" && <Dialog title={t("accounts.recover.title")} description={t("accounts.recover.text")} onClose={() => setDialog(undefined)}><RecoverForm onDone={() => setDialog(undefined)} onBack={() => setDialog(undefined)} /></Dialog>}
      {dialog === "export" && <ExportDialog onClose={() => setDialog(undefined)} />}
      {dialog === "import" && <ImportDialog onClose={() => setDialog(undefined)} />}
    </>
  )
}

function ExportDialog({ onClose }: { onClose: () => void }) {
  const { encryption } = useSession()
  const [passphrase, setPassphrase] = useState("")
  const [again, setAgain] = useState("")
  const [call, isBusy] = useCall()
  const differs = again !== "" && again !== passphrase
  const save = async () => {
    if (passphrase.length < 8 || again !== passphrase) return
    if (await call(async () => saveFile(new Blob([await encryption.exportKeys(passphrase)], { type: "text/plain" }), "martlet-keys.txt"))) onClose()
  }
  return (
    <Dialog title={t("settings.encryption.export")} description={t("settings.encryption.exportText")} size="small" onClose={onClose} onSubmit={() => void save()} footer={<><Button variant="quiet" onClick={onClose}>{t("common.cancel")}</Button><Button type="submit" variant="primary" isBusy={isBusy} disabled={passphrase.length < 8 || again !== passphrase}>{t("settings.encryption.exportAction")}</Button></>}>
      <PasswordField label={t("settings.encryption.passphrase")} hint={t("settings.encryption.passphraseHint")} value={passphrase} onChange={setPassphrase} autoComplete="new-password" />
      <PasswordField label={t("settings.encryption.again")} value={again} onChange={setAgain} autoComplete="new-password" error={differs ? t("settings.encryption.differs") : undefined} />
    </Dialog>
  )
}

function ImportDialog({ onClose }: { onClose: () => void }) {
  const { encryption } = useSession()
  const [file, setFile] = useState<File>()
  const [passphrase, setPassphrase] = useState("")
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const load = async () => {
    if (file === undefined || passphrase === "") return
    setBusy(true)
    setError(undefined)
    try {
      const { imported, total } = await encryption.importKeys(await file.text(), passphrase)
      showToast({ kind: "success", text: t("settings.encryption.imported", { imported, total }) })
      onClose()
    } catch (problem) {
      setBusy(false)
      setError(problem instanceof Error && /passphrase|mac|key/i.test(problem.message) ? t("settings.encryption.importWrong") : failureText(problem))
    }
  }
  return (
    <Dialog title={t("settings.encryption.import")} description={t("settings.encryption.importText")} size="small" onClose={onClose} onSubmit={() => void load()} footer={<><Button variant="quiet" onClick={onClose}>{t("common.cancel")}</Button><Button type="submit" variant="primary" isBusy={isBusy} disabled={file === undefined || passphrase === ""}>{t("settings.encryption.importAction")}</Button></>}>
      <label className="button button-plain account-file">
        {file?.name ?? t("settings.encryption.chooseFile")}
        <input
          type="file" accept="text/plain,.txt" className="visually-hidden"
          onChange={(event) => {
            setFile(event.target.files?.[0])
            event.target.value = ""
          }}
        />
      </label>
      <PasswordField label={t("settings.encryption.filePassphrase")} value={passphrase} onChange={setPassphrase} autoComplete="off" error={error} />
    </Dialog>
  )
}
