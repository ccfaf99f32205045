import { Component, useEffect, type ErrorInfo, type ReactNode } from "react"
import { PlatformContext } from "../bridge/contexts"
import { Button, CopyButton, Disclosure, Icon } from "../design"
import { t } from "../language/t"

interface Trouble { readonly error: unknown; readonly where: string | undefined }

/** Shows what happened where a part of the client broke, instead of nothing. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, { readonly trouble: Trouble | undefined }> {
  static override contextType = PlatformContext
  declare context: React.ContextType<typeof PlatformContext>
  override state: { readonly trouble: Trouble | undefined } = { trouble: undefined }

  static getDerivedStateFromError(error: unknown) {
    return { trouble: { error, where: undefined } }
  }

  override componentDidCatch(error: unknown, info: ErrorInfo) {
    this.setState({ trouble: { error, where: info.componentStack } })
    this.context?.log("error", "a component failed", { message: String(error), where: info.componentStack })
  }

  override render() {
    const { trouble } = this.state
    if (trouble !== undefined && isOutdated(trouble.error)) return <UpdatedScreen />
    return trouble === undefined ? this.props.children : <TroubleScreen {...trouble} onRetry={() => this.setState({ trouble: undefined })} />
  }
}

/** Whether a part could not be fetched: after an update of the server the files of the older client are gone. */
function isOutdated(error: unknown): boolean {
  return error instanceof Error && /dynamically imported module|importing a module script failed/i.test(error.message)
}

const reloadedKey = "martlet.reloaded"

/** Loads the new client by itself, once; asks where that did not help. */
function UpdatedScreen() {
  useEffect(() => {
    const last = Number(sessionStorage.getItem(reloadedKey) ?? "0")
    if (!navigator.onLine || Date.now() - last < 60_000) return
    sessionStorage.setItem(reloadedKey, String(Date.now()))
    location.reload()
  }, [])
  return (
    <main className="trouble">
      <Icon name="martlet" size={48} />
      <h1>{t("app.updated.title")}</h1>
      <p>{t("app.updated.text")}</p>
      <Button variant="primary" icon="refresh" onClick={() => location.reload()}>{t("app.trouble.reload")}</Button>
    </main>
  )
}

function TroubleScreen({ error, where, onRetry }: Trouble & { onRetry: () => void }) {
  const details = detailsOf(error, where)
  return (
    <main className="trouble">
      <Icon name="martlet" size={48} />
      <h1>{t("app.trouble.title")}</h1>
      <p>{t("app.trouble.text")}</p>
      <div className="trouble-actions">
        <CopyButton text={details} variant="plain">{t("app.trouble.copy")}</CopyButton>
        <Button onClick={onRetry}>{t("common.retry")}</Button>
        <Button variant="primary" icon="refresh" onClick={() => location.reload()}>{t("app.trouble.reload")}</Button>
      </div>
      <div className="trouble-details">
        <Disclosure title={t("app.trouble.details")}><pre tabIndex={0}>{details}</pre></Disclosure>
      </div>
    </main>
  )
}

/** What helps whoever looks for the cause: no messages, no tokens. */
function detailsOf(error: unknown, where: string | undefined): string {
  const lines = [error instanceof Error ? `${error.name}: ${error.message}` : String(error), error instanceof Error ? error.stack : undefined, where, `${location.pathname}${location.hash.split("/").slice(0, 2).join("/")}`, navigator.userAgent]
  return lines.filter((line) => line !== undefined && line !== "").join("\n\n")
}
