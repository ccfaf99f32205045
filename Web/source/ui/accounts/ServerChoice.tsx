import { useState } from "react"
import { Button, Icon, Spinner, TextField } from "../design"
import { t } from "../language/t"
import type { HomeserverState } from "./useHomeserver"

/** Which server it is, and how to take another one. */
export function ServerChoice({ state, choose, retry }: { readonly state: HomeserverState; readonly choose: (name: string) => Promise<string | undefined>; readonly retry: () => void }) {
  const [isEditing, setEditing] = useState(false)
  const [name, setName] = useState("")
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)

  if (state.kind === "loading") return <div className="account-server"><Spinner size={18} label={t("common.loading")} /><span className="account-server-text">{t("accounts.server.looking")}</span></div>
  if (state.kind === "failed" && !isEditing) {
    return (
      <div className="account-server" role="alert">
        <Icon name="cloud-off" size={20} />
        <span className="account-server-text"><span>{t("accounts.server.unreachable")}</span>{state.message !== "" && <span className="account-server-hint">{state.message}</span>}</span>
        <Button size="small" onClick={retry}>{t("common.retry")}</Button>
        <Button size="small" variant="quiet" onClick={() => setEditing(true)}>{t("accounts.server.other")}</Button>
      </div>
    )
  }
  if (isEditing || state.kind !== "ready") {
    const submit = async () => {
      if (name.trim() === "") return
      setBusy(true)
      const problem = await choose(name)
      setBusy(false)
      setError(problem)
      if (problem === undefined) setEditing(false)
    }
    return (
      <form
        className="account-form" onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <TextField
          label={t("accounts.server.label")} hint={t("accounts.server.hint")} placeholder="example.org" value={name} error={error} autoCapitalize="none" autoComplete="url" spellCheck={false} inputMode="url"
          onChange={(value) => {
            setName(value)
            setError(undefined)
          }}
          suffix={<Button type="submit" size="small" isBusy={isBusy} disabled={name.trim() === ""}>{t("accounts.server.use")}</Button>}
        />
        {state.kind === "ready" && <div className="account-side"><Button variant="link" onClick={() => setEditing(false)}>{t("accounts.server.keep", { name: state.server.name })}</Button></div>}
      </form>
    )
  }
  const { server } = state
  return (
    <div className="account-server">
      <Icon name="globe" size={20} />
      <span className="account-server-text">
        <span className="account-server-name">{server.facts?.title ?? server.name}</span>
        {server.facts?.title !== undefined && server.facts.title !== server.name && <span className="account-server-hint">{server.name}</span>}
      </span>
      {server.facts?.allowsOthers !== false && <Button size="small" variant="quiet" onClick={() => setEditing(true)} aria-label={t("accounts.server.changeLabel", { name: server.name })}>{t("accounts.server.change")}</Button>}
    </div>
  )
}
