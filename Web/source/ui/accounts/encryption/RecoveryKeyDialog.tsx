import { useState } from "react"
import { Banner, Button, Checkbox, CopyButton, Dialog } from "../../design"
import { t } from "../../language/t"
import { useSession } from "../../bridge/contexts"
import { saveFile } from "./saveFile"
import "./encryption.css"

/** Shows a recovery key to write down, until somebody says that they have it. */
export function RecoveryKeyDialog({ recoveryKey, onSaved, onClose }: { readonly recoveryKey: string; readonly onSaved: () => void; readonly onClose: () => void }) {
  const session = useSession()
  const [hasSaved, setSaved] = useState(false)
  const file = () => {
    saveFile(new Blob([`${t("accounts.recovery.fileText", { user: session.userId })}\n\n${recoveryKey}\n`], { type: "text/plain" }), `martlet-recovery-key-${session.userId.replace(/[^A-Za-z0-9._-]+/g, "_").replace(/^_/, "")}.txt`)
  }
  return (
    <Dialog
      title={t("accounts.recovery.title")} description={t("accounts.recovery.text")} onClose={onClose} onSubmit={() => { if (hasSaved) onSaved() }}
      footer={<><Button variant="quiet" onClick={onClose}>{t("accounts.later")}</Button><Button type="submit" variant="primary" disabled={!hasSaved}>{t("common.done")}</Button></>}
    >
      <p className="recovery-key" tabIndex={0} aria-label={t("accounts.recovery.key")} role="group" data-autofocus>{recoveryKey}</p>
      <div className="encryption-actions">
        <CopyButton text={recoveryKey}>{t("accounts.recovery.copy")}</CopyButton>
        <Button icon="download" onClick={file}>{t("accounts.recovery.download")}</Button>
      </div>
      <Banner kind="warning">{t("accounts.recovery.warning")}</Banner>
      <Checkbox label={t("accounts.recovery.have")} isChecked={hasSaved} onChange={setSaved} />
    </Dialog>
  )
}
