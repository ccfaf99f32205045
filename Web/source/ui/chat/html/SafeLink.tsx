import { useState, type ReactNode } from "react"
import { parseMatrixLink, type MatrixTarget } from "../../../domain/markdown/matrixLinks"
import { suspicionOf, type Suspicion } from "../../../domain/markdown/suspiciousLink"
import { Button } from "../../design/Button"
import { Dialog } from "../../design/Dialog"
import { t } from "../../language/t"
import { parseRoute, type Route } from "../../navigation/route"
import { navigate } from "../../navigation/useRoute"
import { TargetPill } from "./TargetPill"

/** A link that somebody wrote. Links to people, rooms and messages stay inside; links that pretend are asked about before they open. */
export function SafeLink({ href, text, children }: { href: string; text: string; children: ReactNode }) {
  const [suspicion, setSuspicion] = useState<Suspicion>()
  const target = parseMatrixLink(href)
  if (target !== undefined) return <TargetPill target={target} text={text} />
  const route = ownRoute(href)
  if (route !== undefined) {
    return <a href={href} onClick={(event) => {
      event.preventDefault()
      navigate(route)
    }}>{children}</a>
  }
  const found = suspicionOf(href, text)
  return (
    <>
      <a href={href} target="_blank" rel="noopener noreferrer" title={href === text ? undefined : href} onClick={(event) => {
        if (found === undefined) return
        event.preventDefault()
        setSuspicion(found)
      }} onAuxClick={(event) => {
        if (found !== undefined) event.preventDefault()
      }}>{children}</a>
      {suspicion !== undefined && (
        <Dialog title={t("chat.link.title")} size="small" role="alertdialog" onClose={() => setSuspicion(undefined)} description={explanation(suspicion)} footer={
          <>
            <Button onClick={() => {
              setSuspicion(undefined)
              window.open(href, "_blank", "noopener,noreferrer")
            }}>{t("chat.link.open")}</Button>
            <Button variant="primary" data-autofocus onClick={() => setSuspicion(undefined)}>{t("chat.link.stay")}</Button>
          </>
        }>
          <p className="safe-link-address">{href}</p>
        </Dialog>
      )}
    </>
  )
}

function explanation(suspicion: Suspicion): string {
  switch (suspicion.kind) {
    case "other-host":
      return t("chat.link.otherHost", { shown: suspicion.shown, actual: suspicion.actual })
    case "lookalike":
      return t("chat.link.lookalike", { actual: suspicion.actual })
    case "credentials":
      return t("chat.link.credentials", { actual: suspicion.actual })
  }
}

/** The place in this client that a link leads to, undefined where it leads elsewhere. */
function ownRoute(href: string): Route | undefined {
  try {
    const url = new URL(href)
    if (url.origin !== location.origin || (url.pathname !== "/" && !url.pathname.startsWith("/invite/"))) return undefined
    return parseRoute(url.pathname, url.hash)
  } catch {
    return undefined
  }
}

export type { MatrixTarget }
