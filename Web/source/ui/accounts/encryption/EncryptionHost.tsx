import { useEffect, useRef, useState } from "react"
import type { Verification } from "../../../matrix/contract/encryption"
import { usePlatform, useSession } from "../../bridge/contexts"
import { useObservable } from "../../bridge/useObservable"
import { useRoute } from "../../navigation/useRoute"
import { navigate } from "../../navigation/useRoute"
import { showToast } from "../../design"
import { t } from "../../language/t"
import { failureText, isCancelled } from "../failureText"
import { EncryptionCard } from "./EncryptionCard"
import { NewDeviceDialog } from "./NewDeviceDialog"
import { RecoveryKeyDialog } from "./RecoveryKeyDialog"
import { keepRecoveryKey, keptRecoveryKey } from "./recoveryKeyStore"
import { askingAuthentication, silentAuthentication } from "./setUp"
import { useStored } from "./useStored"
import { VerificationDialog } from "./VerificationDialog"

/** What encryption wants of a person, one thing at a time, and never in the way of chatting for longer than it must be. */
export function EncryptionHost() {
  const session = useSession()
  const platform = usePlatform()
  const route = useRoute()
  const setup = useObservable(session.encryption.setup)
  const [needsHelp, setNeedsHelp] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [isSaving, setSaving] = useState(false)
  const [isHidden, setHidden] = useState(false)
  const [recoveryKey, reread] = useStored(() => keptRecoveryKey(platform.settings, session.userId))
  const laterKey = `martlet.verify-later:${session.userId}:${session.deviceId}`
  const [isLater, rereadLater] = useStored(() => platform.settings.get(laterKey) === "1")
  const hasTried = useRef(false)
  const isGone = useRef(false)
  const { active, close } = useActiveVerification()

  useEffect(() => {
    isGone.current = false
    return () => {
      isGone.current = true
    }
  }, [])
  useEffect(() => {
    if (setup.kind !== "fresh" || hasTried.current) return
    hasTried.current = true
    // Only one tab makes keys; the others see that there are some.
    platform.locks.run(`martlet:setup:${session.userId}`, async () => {
      if (session.encryption.setup.get().kind !== "fresh") return
      const made = await session.encryption.bootstrap({ authenticate: silentAuthentication(session) })
      keepRecoveryKey(platform.settings, session.userId, made.recoveryKey)
      reread()
    }).catch((error: unknown) => {
      // The account was signed out or changed meanwhile: nothing is wrong.
      if (isGone.current || session.status.get().kind === "signed-out") return
      setNeedsHelp(true)
      if (!isCancelled(error)) platform.log("warning", "encryption could not be set up by itself", { error: String(error) })
    })
  }, [setup, session, platform, reread])

  const finish = async () => {
    setBusy(true)
    try {
      const made = await session.encryption.bootstrap({ authenticate: askingAuthentication(session, t("accounts.encryption.finishTitle")) })
      keepRecoveryKey(platform.settings, session.userId, made.recoveryKey)
      reread()
      setNeedsHelp(false)
      setSaving(true)
    } catch (error) {
      if (!isCancelled(error)) showToast({ kind: "error", text: failureText(error) })
    }
    setBusy(false)
  }

  if (active !== undefined) return <VerificationDialog key={active.id} verification={active} onClose={close} />
  if (isSaving && recoveryKey !== undefined) {
    return (
      <RecoveryKeyDialog
        recoveryKey={recoveryKey} onClose={() => setSaving(false)}
        onSaved={() => {
          keepRecoveryKey(platform.settings, session.userId, undefined)
          setSaving(false)
          reread()
          showToast({ kind: "success", text: t("accounts.recovery.savedToast") })
        }}
      />
    )
  }
  if (setup.kind === "needs-verification" && !isLater && route.kind !== "invite") {
    return (
      <NewDeviceDialog
        setup={setup} onSkip={() => {
          platform.settings.set(laterKey, "1")
          rereadLater()
        }}
        onReset={(made) => {
          keepRecoveryKey(platform.settings, session.userId, made)
          reread()
          setSaving(true)
        }}
      />
    )
  }
  if (isHidden || route.kind === "settings" || route.kind === "room-settings") return null
  if (recoveryKey !== undefined) return <EncryptionCard title={t("accounts.recovery.cardTitle")} text={t("accounts.recovery.cardText")} action={t("accounts.recovery.cardAction")} onAction={() => setSaving(true)} onLater={() => setHidden(true)} />
  if (setup.kind === "fresh" && needsHelp) return <EncryptionCard title={t("accounts.encryption.finishTitle")} text={t("accounts.encryption.finishText")} action={t("accounts.encryption.finishAction")} isBusy={isBusy} onAction={() => void finish()} onLater={() => setHidden(true)} />
  if (setup.kind === "incomplete") return <EncryptionCard title={t("accounts.encryption.incompleteTitle")} text={t("accounts.encryption.incompleteText")} action={t("accounts.encryption.incompleteAction")} onAction={() => navigate({ kind: "settings", page: "encryption" })} onLater={() => setHidden(true)} />
  return null
}

/** The verification that is on the screen: the first that wants one, until it is closed, even when it has ended. */
function useActiveVerification(): { active: Verification | undefined; close: () => void } {
  const session = useSession()
  const all = useObservable(session.encryption.verifications)
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const [shown, setShown] = useState<Verification>()
  const next = all.find((one) => !closed.has(one.id) && one.state.get().kind !== "cancelled" && one.state.get().kind !== "done")
  if (shown === undefined && next !== undefined) setShown(next)
  return {
    active: shown,
    close: () => {
      if (shown !== undefined) setClosed((before) => new Set([...before, shown.id]))
      setShown(undefined)
    },
  }
}
