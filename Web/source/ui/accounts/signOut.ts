import type { Session } from "../../matrix/contract/session"
import { confirm, showToast } from "../design"
import { t } from "../language/t"
import { keptRecoveryKey } from "./encryption/recoveryKeyStore"
import { failureText } from "./failureText"
import type { Settings } from "../../matrix/contract/platform"

/** Signs this device out; warns where that would lose the keys of encrypted messages. */
export async function signOut(session: Session, settings: Settings): Promise<void> {
  const setup = session.encryption.setup.get()
  const backup = session.encryption.backup.get()
  const isSafe = setup.kind === "ready" && backup.isEnabled && backup.waiting === 0 && keptRecoveryKey(settings, session.userId) === undefined
  const reason = keptRecoveryKey(settings, session.userId) !== undefined ? t("accounts.signOut.noKeySaved") : t("accounts.signOut.notBackedUp")
  const isConfirmed = await confirm({
    title: isSafe ? t("accounts.signOut.title") : t("accounts.signOut.titleUnsafe"), text: isSafe ? t("accounts.signOut.text") : reason,
    action: isSafe ? t("accounts.signOut.action") : t("accounts.signOut.actionUnsafe"), isDanger: !isSafe,
  })
  if (!isConfirmed) return
  try {
    await session.signOut()
    location.hash = ""
  } catch (error) {
    showToast({ kind: "error", text: failureText(error) })
  }
}
