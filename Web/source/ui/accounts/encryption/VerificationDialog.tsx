import { useCallback, useState, type ReactNode } from "react"
import type { Verification, VerificationState } from "../../../matrix/contract/encryption"
import { emojiName } from "../../../domain/verification/emojiNames"
import { useSession } from "../../bridge/contexts"
import { useObservable } from "../../bridge/useObservable"
import { Button, Dialog, Icon, showToast, Spinner } from "../../design"
import { t, useLanguage } from "../../language/t"
import { failureText } from "../failureText"
import { canScan, CodeScanner } from "./CodeScanner"
import { QRCode } from "./QRCode"
import "./encryption.css"

/** One verification from the request to its end. */
export function VerificationDialog({ verification, onClose }: { readonly verification: Verification; readonly onClose: () => void }) {
  const session = useSession()
  const state = useObservable(verification.state)
  const profile = useObservable(session.profile(verification.otherUser))
  const devices = useObservable(session.encryption.devices(verification.otherUser))
  const device = devices.find((one) => one.deviceId === verification.otherDevice)
  const who = verification.isOwnUser ? device?.displayName ?? verification.otherDevice ?? t("accounts.verify.otherDevice") : profile.displayName ?? verification.otherUser
  const [isBusy, setBusy] = useState(false)
  const [isScanning, setScanning] = useState(false)

  const run = useCallback((work: () => Promise<void>) => {
    setBusy(true)
    work().catch((error: unknown) => showToast({ kind: "error", text: failureText(error) })).finally(() => setBusy(false))
  }, [])
  const onScanned = useCallback((data: Uint8Array) => {
    setScanning(false)
    run(() => verification.scanned(data))
  }, [run, verification])

  const isOver = state.kind === "done" || state.kind === "cancelled"
  const leave = () => {
    if (!isOver) run(() => verification.cancel())
    onClose()
  }
  const { title, content, actions } = stepOf()
  return <Dialog title={title} onClose={leave} size="medium" footer={actions}>{content}</Dialog>

  function stepOf(): { title: string; content: ReactNode; actions?: ReactNode } {
    const named = verification.isOwnUser ? t("accounts.verify.titleOwn") : t("accounts.verify.titleUser", { name: who })
    switch (state.kind) {
      case "requested":
        if (verification.startedByMe) {
          return {
            title: named, content: <Middle icon={<Spinner size={36} />} text={verification.isOwnUser ? t("accounts.verify.waitOwn") : t("accounts.verify.waitUser", { name: who })} />,
            actions: <Button variant="quiet" onClick={leave}>{t("common.cancel")}</Button>,
          }
        }
        return {
          title: named, content: <p>{verification.isOwnUser ? t("accounts.verify.askOwn", { name: who }) : t("accounts.verify.askUser", { name: who })}</p>,
          actions: <><Button variant="quiet" onClick={leave}>{verification.isOwnUser ? t("accounts.verify.notMe") : t("accounts.verify.decline")}</Button><Button variant="primary" isBusy={isBusy} data-autofocus onClick={() => run(() => verification.accept())}>{t("accounts.verify.begin")}</Button></>,
        }
      case "ready":
        return { title: named, content: ready(state), actions: isScanning ? undefined : readyActions(state) }
      case "comparing":
        return {
          title: t("accounts.verify.compare"), content: <Comparison state={state} />,
          actions: <><Button variant="danger" onClick={() => run(() => verification.cancel(true))}>{t("accounts.verify.differ")}</Button><Button variant="primary" isBusy={isBusy} onClick={() => run(() => verification.confirm())}>{t("accounts.verify.match")}</Button></>,
        }
      case "scanned-by-other":
        return {
          title: named, content: <p>{t("accounts.verify.scanned", { name: who })}</p>,
          actions: <><Button variant="danger" onClick={() => run(() => verification.cancel(true))}>{t("common.no")}</Button><Button variant="primary" isBusy={isBusy} onClick={() => run(() => verification.confirm())}>{t("common.yes")}</Button></>,
        }
      case "waiting":
        return { title: named, content: <Middle icon={<Spinner size={36} />} text={t("accounts.verify.waiting", { name: who })} /> }
      case "done":
        return {
          title: t("accounts.verify.doneTitle"), content: <Middle icon={<Icon name="shield-check" size={56} />} text={verification.isOwnUser ? t("accounts.verify.doneOwn") : t("accounts.verify.doneUser", { name: who })} />,
          actions: <Button variant="primary" onClick={onClose} data-autofocus>{t("common.done")}</Button>,
        }
      case "cancelled":
        return {
          title: t("accounts.verify.failedTitle"), content: <Middle isFailed icon={<Icon name="shield-warning" size={56} />} text={cancelText(state)} />,
          actions: <Button variant="primary" onClick={onClose} data-autofocus>{t("common.close")}</Button>,
        }
    }
  }

  function ready({ qr }: Extract<VerificationState, { kind: "ready" }>) {
    if (isScanning) return <CodeScanner onScanned={onScanned} onClose={() => setScanning(false)} />
    return (
      <>
        {qr !== undefined && <><p>{t("accounts.verify.showCode", { name: who })}</p><QRCode data={qr} /></>}
        {qr === undefined && <p>{t("accounts.verify.emojiText")}</p>}
      </>
    )
  }

  function readyActions(now: Extract<VerificationState, { kind: "ready" }>) {
    return (
      <>
        {now.canScan && canScan() && <Button icon="camera" onClick={() => setScanning(true)}>{t("accounts.verify.scan")}</Button>}
        {now.canCompareEmoji && <Button variant={now.qr === undefined ? "primary" : "plain"} icon="smile" isBusy={isBusy} onClick={() => run(() => verification.startSAS())}>{t("accounts.verify.emoji")}</Button>}
      </>
    )
  }

  function cancelText(cancelled: Extract<VerificationState, { kind: "cancelled" }>): string {
    switch (cancelled.code) {
      case "m.timeout": return t("accounts.verify.timeout")
      case "m.accepted": return t("accounts.verify.elsewhere")
      case "m.mismatched_sas":
      case "m.key_mismatch":
      case "m.mismatched_commitment": return t("accounts.verify.mismatch")
      case "m.user": return cancelled.byMe ? t("accounts.verify.cancelledByMe") : t("accounts.verify.cancelledByOther", { name: who })
      default: return t("accounts.verify.failedText")
    }
  }
}

function Middle({ icon, text, isFailed = false }: { icon: ReactNode; text: string; isFailed?: boolean }) {
  return <div className="verification-middle" data-failed={isFailed || undefined} role="status">{icon}<p>{text}</p></div>
}

/** Seven signs, or three numbers for those who cannot tell the signs apart. */
function Comparison({ state }: { state: Extract<VerificationState, { kind: "comparing" }> }) {
  const language = useLanguage()
  const [showsNumbers, setNumbers] = useState(state.emoji.length === 0)
  return (
    <>
      <p>{showsNumbers ? t("accounts.verify.compareNumbers") : t("accounts.verify.compareEmoji")}</p>
      {showsNumbers
        ? <p className="verification-numbers">{state.decimals.map((number, index) => <span key={index}>{number}</span>)}</p>
        : (
          <ol className="verification-emoji">
            {state.emoji.map((one, index) => <li key={index}><span className="verification-emoji-sign" aria-hidden="true">{one.symbol}</span><span>{emojiName(one.symbol, one.name, language)}</span></li>)}
          </ol>
        )}
      {state.emoji.length > 0 && <div><Button variant="link" onClick={() => setNumbers(!showsNumbers)}>{showsNumbers ? t("accounts.verify.useEmoji") : t("accounts.verify.useNumbers")}</Button></div>}
    </>
  )
}
