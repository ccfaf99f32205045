import { useId, type ReactNode } from "react"
import { classes } from "./classes"
import { Icon } from "./Icon"
import "./Checkbox.css"

export interface CheckboxProps {
  readonly label: ReactNode
  readonly hint?: ReactNode
  readonly isChecked: boolean
  /** Partly: some of what it stands for. */
  readonly isMixed?: boolean
  readonly onChange: (isChecked: boolean) => void
  readonly isDisabled?: boolean
  readonly className?: string
}

/** Something to tick. */
export function Checkbox({ label, hint, isChecked, isMixed = false, onChange, isDisabled = false, className }: CheckboxProps) {
  const id = useId()
  return (
    <div className={classes("checkbox", className)} data-disabled={isDisabled || undefined}>
      <span className="checkbox-mark">
        <input
          id={id} type="checkbox" checked={isChecked} disabled={isDisabled} aria-describedby={hint === undefined ? undefined : `${id}-hint`}
          ref={(element) => {
            if (element !== null) element.indeterminate = isMixed
          }}
          onChange={(event) => onChange(event.target.checked)}
        />
        <Icon name={isMixed ? "minus" : "check"} size={14} />
      </span>
      <label htmlFor={id} className="checkbox-label">{label}</label>
      {hint !== undefined && <span id={`${id}-hint`} className="checkbox-hint">{hint}</span>}
    </div>
  )
}
