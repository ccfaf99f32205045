import { useState } from "react"
import { useSession } from "../../bridge/contexts"
import { Button, showToast, TextField } from "../../design"
import { t } from "../../language/t"
import { failureText } from "../failureText"

/** Takes a recovery key, typed, pasted or from a file. */
export function RecoverForm({ onDone, onBack }: { readonly onDone: () => void; readonly onBack: () => void }) {
  const session = useSession()
  const [secret, setSecret] = useState("")
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const recover = async () => {
    if (secret.trim() === "") return
    setBusy(true)
    setError(undefined)
    try {
      await session.encryption.recover(secret.trim())
      showToast({ kind: "success", text: t("accounts.recover.done") })
      onDone()
    } catch (problem) {
      setBusy(false)
      const code = (problem as { code?: unknown } | undefined)?.code ?? (problem instanceof Error ? problem.message : problem)
      setError(code === "wrong-key" ? t("accounts.recover.wrong") : code === "no-recovery" ? t("accounts.recover.none") : code === "outdated" ? t("accounts.recover.outdated") : failureText(problem))
    }
  }
  return (
    <form
      className="account-form" onSubmit={(event) => {
        event.preventDefault()
        void recover()
      }}
    >
      <TextField
        label={t("accounts.recover.label")} hint={t("accounts.recover.hint")} value={secret} error={error} autoComplete="off" autoCapitalize="none" spellCheck={false} data-autofocus
        onChange={(value) => {
          setSecret(value)
          setError(undefined)
        }}
      />
      <label className="button button-plain account-file">
        {t("accounts.recover.file")}
        <input
          type="file" accept="text/plain,.txt" className="visually-hidden"
          onChange={(event) => {
            const file = event.target.files?.[0]
            event.target.value = ""
            if (file === undefined || file.size > 10_000) return
            void file.text().then((text) => {
              // The key is the line of groups of four, whatever else is in the file.
              const line = text.split("\n").map((one) => one.trim()).find((one) => /^(?:[1-9A-HJ-NP-Za-km-z]{4} ){5,}/.test(`${one} `))
              setSecret(line ?? text.trim().slice(0, 200))
            })
          }}
        />
      </label>
      <div className="encryption-actions">
        <Button variant="quiet" onClick={onBack}>{t("common.back")}</Button>
        <Button type="submit" variant="primary" isBusy={isBusy} disabled={secret.trim() === ""}>{t("accounts.recover.action")}</Button>
      </div>
    </form>
  )
}
