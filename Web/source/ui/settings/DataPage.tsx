import { useCallback, useRef, useState } from "react"
import { exportData, type ExportProgress } from "../../domain/settings/dataExport"
import { saveFile } from "../accounts/encryption/saveFile"
import { failureText } from "../accounts/failureText"
import { useSession } from "../bridge/contexts"
import { Banner, Button, Card, confirm, ProgressBar, Skeleton } from "../design"
import { currentLanguage, t } from "../language/t"
import { useAnswer } from "./useAnswer"
import { useCall } from "./useCall"

/** One's own data: to take along, and how much of it is kept here. */
export function DataPage() {
  return (
    <>
      <ExportCard />
      <StorageCard />
    </>
  )
}

function ExportCard() {
  const session = useSession()
  const [progress, setProgress] = useState<ExportProgress>()
  const [error, setError] = useState<string>()
  const abort = useRef<AbortController>()
  const run = async () => {
    const controller = new AbortController()
    abort.current = controller
    setError(undefined)
    setProgress({ done: 0, total: 0, messages: 0 })
    try {
      const data = await exportData(session, setProgress, controller.signal)
      saveFile(new Blob([JSON.stringify(data, null, 1)], { type: "application/json" }), `martlet-${session.userId.replace(/[^A-Za-z0-9.-]+/g, "_").replace(/^_/, "")}-${new Date().toISOString().slice(0, 10)}.json`)
    } catch (problem) {
      if (!controller.signal.aborted) setError(failureText(problem))
    }
    setProgress(undefined)
  }
  return (
    <Card title={t("settings.data.export")} description={t("settings.data.exportText")} level={2}>
      {error !== undefined && <Banner kind="danger" isLive>{error}</Banner>}
      {progress === undefined ? <div className="settings-buttons"><Button icon="download" onClick={() => void run()}>{t("settings.data.exportAction")}</Button></div> : (
        <>
          <p role="status">{t("settings.data.exporting", { done: progress.done, total: progress.total, messages: progress.messages })}</p>
          <ProgressBar label={t("settings.data.export")} value={progress.total === 0 ? undefined : progress.done / progress.total} />
          <div className="settings-buttons"><Button variant="quiet" onClick={() => abort.current?.abort()}>{t("common.cancel")}</Button></div>
        </>
      )}
    </Card>
  )
}

interface Storage { readonly used: number; readonly quota: number | undefined; readonly isPersistent: boolean }

function StorageCard() {
  const [answer, reload] = useAnswer(useCallback(async (): Promise<Storage> => {
    const estimate = await navigator.storage.estimate()
    return { used: estimate.usage ?? 0, quota: estimate.quota, isPersistent: await navigator.storage.persisted() }
  }, []))
  const [call, isBusy] = useCall()
  const clear = async () => {
    if (!(await confirm({ title: t("settings.data.clearTitle"), text: t("settings.data.clearText"), action: t("settings.data.clear") }))) return
    await call(async () => {
      for (const name of await caches.keys()) await caches.delete(name)
      for (const registration of await navigator.serviceWorker?.getRegistrations() ?? []) await registration.unregister()
    })
    location.reload()
  }
  return (
    <Card title={t("settings.data.storage")} level={2}>
      {answer.kind === "loading" && <Skeleton count={1} />}
      {answer.kind === "ready" && (
        <>
          <p>{answer.value.quota === undefined ? bytes(answer.value.used) : t("settings.data.used", { used: bytes(answer.value.used), quota: bytes(answer.value.quota) })}</p>
          {answer.value.quota !== undefined && answer.value.quota > 0 && <ProgressBar label={t("settings.data.storage")} value={answer.value.used / answer.value.quota} />}
          {!answer.value.isPersistent && <Banner kind="info" actions={<Button size="small" onClick={() => void navigator.storage.persist().then(reload)}>{t("settings.data.persist")}</Button>}>{t("settings.data.notPersistent")}</Banner>}
        </>
      )}
      <div className="settings-buttons"><Button icon="trash" isBusy={isBusy} onClick={() => void clear()}>{t("settings.data.clear")}</Button></div>
      <p className="settings-note">{t("settings.data.clearNote")}</p>
    </Card>
  )
}

function bytes(count: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, count)) / 3)))
  return new Intl.NumberFormat(currentLanguage(), { style: "unit", unit: units[power] ?? "byte", maximumFractionDigits: power === 0 ? 0 : 1 }).format(count / 1000 ** power)
}
