import { useId, type ReactNode } from "react"
import { classes } from "./classes"
import { Spinner } from "./Spinner"
import "./Switch.css"

export interface SwitchProps {
  readonly label: ReactNode
  readonly hint?: ReactNode
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
  readonly isDisabled?: boolean
  readonly isBusy?: boolean
  /** The label is told, not shown: for rows that have a text of their own. */
  readonly isLabelHidden?: boolean
  readonly className?: string
}

/** Something that is on or off, at once. The label stands before, the switch at the end of the line. */
export function Switch({ label, hint, isOn, onChange, isDisabled = false, isBusy = false, isLabelHidden = false, className }: SwitchProps) {
  const id = useId()
  return (
    <div className={classes("switch", className)} data-disabled={isDisabled || undefined}>
      <span className={isLabelHidden ? "visually-hidden" : "switch-text"}>
        <label htmlFor={id} className="switch-label">{label}</label>
        {hint !== undefined && <span id={`${id}-hint`} className="switch-hint">{hint}</span>}
      </span>
      {isBusy && <Spinner size={16} />}
      <input
        id={id} type="checkbox" role="switch" className="switch-input" checked={isOn} aria-checked={isOn} disabled={isDisabled || isBusy}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`} onChange={(event) => onChange(event.target.checked)}
      />
    </div>
  )
}
