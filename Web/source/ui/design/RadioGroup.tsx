import { useId, type ReactNode } from "react"
import { classes } from "./classes"
import "./Checkbox.css"

export interface RadioOption<V extends string> { readonly value: V; readonly label: ReactNode; readonly hint?: ReactNode; readonly isDisabled?: boolean }

export interface RadioGroupProps<V extends string> {
  readonly label: string
  readonly isLabelHidden?: boolean
  readonly value: V | undefined
  readonly onChange: (value: V) => void
  readonly options: readonly RadioOption<V>[]
  readonly className?: string
}

/** One of a few values, all of them in sight. */
export function RadioGroup<V extends string>({ label, isLabelHidden = false, value, onChange, options, className }: RadioGroupProps<V>) {
  const id = useId()
  return (
    <fieldset className={classes("radio-group", className)}>
      <legend className={isLabelHidden ? "visually-hidden" : "radio-group-legend"}>{label}</legend>
      {options.map((option) => (
        <div key={option.value} className="radio" data-disabled={option.isDisabled || undefined}>
          <span className="checkbox-mark">
            <input
              type="radio" id={`${id}-${option.value}`} name={id} value={option.value} checked={option.value === value} disabled={option.isDisabled}
              aria-describedby={option.hint === undefined ? undefined : `${id}-${option.value}-hint`} onChange={() => onChange(option.value)}
            />
          </span>
          <label htmlFor={`${id}-${option.value}`} className="checkbox-label">{option.label}</label>
          {option.hint !== undefined && <span id={`${id}-${option.value}-hint`} className="checkbox-hint">{option.hint}</span>}
        </div>
      ))}
    </fieldset>
  )
}
