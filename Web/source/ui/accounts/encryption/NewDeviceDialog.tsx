import { useState } from "react"
import type { EncryptionSetup } from "../../../matrix/contract/encryption"
import { useSession } from "../../bridge/contexts"
import { Button, confirm, Dialog, Icon, showToast, Spinner, type IconName } from "../../design"
import { t } from "../../language/t"
import { failureText, isCancelled } from "../failureText"
import { RecoverForm } from "./RecoverForm"
import { askingAuthentication } from "./setUp"
import "./encryption.css"

type Setup = Extract<EncryptionSetup, { kind: "needs-verification" }>

/** After signing in on a new device: how it gets to read encrypted messages. Skipping is always possible. */
export function NewDeviceDialog({ setup, onSkip, onReset }: { readonly setup: Setup; readonly onSkip: () => void; readonly onReset: (recoveryKey: string) => void }) {
  const session = useSession()
  const [step, setStep] = useState<"choose" | "key">("choose")
  const [isAsking, setAsking] = useState(false)

  const verify = async () => {
    setAsking(true)
    try {
      // The verification shows itself as soon as the request is out.
      await session.encryption.verifyOwnDevice()
    } catch (error) {
      showToast({ kind: "error", text: failureText(error) })
    }
    setAsking(false)
  }
  const reset = async () => {
    if (!(await confirm({ title: t("accounts.reset.encryptionTitle"), text: t("accounts.reset.encryptionText"), action: t("accounts.reset.encryptionAction"), isDanger: true }))) return
    setAsking(true)
    try {
      const { recoveryKey } = await session.encryption.reset({ authenticate: askingAuthentication(session) })
      onReset(recoveryKey)
    } catch (error) {
      if (!isCancelled(error)) showToast({ kind: "error", text: failureText(error) })
    }
    setAsking(false)
  }
  if (step === "key") {
    return <Dialog title={t("accounts.recover.title")} description={t("accounts.recover.text")} onClose={() => setStep("choose")}><RecoverForm onDone={() => undefined} onBack={() => setStep("choose")} /></Dialog>
  }
  return (
    <Dialog title={t("accounts.newDevice.title")} description={t("accounts.newDevice.text")} footer={<Button variant="quiet" onClick={onSkip}>{t("accounts.newDevice.skip")}</Button>}>
      <div className="encryption-ways">
        {setup.otherDevices > 0 && <Way icon="device" title={t("accounts.newDevice.verify")} text={t("accounts.newDevice.verifyText", { count: setup.otherDevices })} onClick={() => void verify()} isBusy={isAsking} />}
        {setup.canRecover && <Way icon="key" title={t("accounts.newDevice.key")} text={t("accounts.newDevice.keyText")} onClick={() => setStep("key")} />}
        {setup.otherDevices === 0 && !setup.canRecover && <p>{t("accounts.newDevice.nothing")}</p>}
        <div><Button variant="link" onClick={() => void reset()}>{t("accounts.newDevice.lost")}</Button></div>
      </div>
    </Dialog>
  )
}

function Way({ icon, title, text, onClick, isBusy = false }: { icon: IconName; title: string; text: string; onClick: () => void; isBusy?: boolean }) {
  return (
    <button type="button" className="encryption-way" onClick={onClick} aria-disabled={isBusy || undefined}>
      <Icon name={icon} size={28} />
      <span className="encryption-way-text"><strong>{title}</strong><span>{text}</span></span>
      {isBusy ? <Spinner /> : <Icon name="chevron-right" />}
    </button>
  )
}
