import { useState, type ReactNode } from "react"
import { t } from "../../language/t"

/** Text that is hidden until somebody wants to read it: a press, Enter or Space shows it. */
export function Spoiler({ reason, children }: { reason: string | undefined; children: ReactNode }) {
  const [isShown, setShown] = useState(false)
  const label = reason === undefined ? t("chat.spoiler.show") : t("chat.spoiler.showReason", { reason })
  if (!isShown) {
    return (
      <span
        className="spoiler" role="button" tabIndex={0} aria-label={label} onClick={(event) => {
          event.stopPropagation()
          event.preventDefault()
          setShown(true)
        }} onKeyDown={(event) => {
          if (event.key !== "Enter" && event.key !== " ") return
          event.preventDefault()
          event.stopPropagation()
          setShown(true)
        }}
      >
        {reason !== undefined && <span className="spoiler-reason" aria-hidden="true">{reason}</span>}
        <span className="spoiler-text" aria-hidden="true">{children}</span>
      </span>
    )
  }
  return (
    <span className="spoiler spoiler-shown">
      {children}
      <button type="button" className="spoiler-hide" onClick={() => setShown(false)}>{t("chat.spoiler.hide")}</button>
    </span>
  )
}
