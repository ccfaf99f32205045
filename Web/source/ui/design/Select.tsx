import type { SelectHTMLAttributes } from "react"
import { Field, type FieldProps } from "./Field"
import { Icon } from "./Icon"

export interface SelectOption<V extends string> { readonly value: V; readonly label: string; readonly isDisabled?: boolean }

export interface SelectProps<V extends string> extends FieldProps, Omit<SelectHTMLAttributes<HTMLSelectElement>, "onChange" | "value" | "className"> {
  readonly value: V
  readonly onChange: (value: V) => void
  readonly options: readonly SelectOption<V>[]
}

/** One of several values: the machine's own list, which every phone and screen reader knows. */
export function Select<V extends string>({ label, isLabelHidden, hint, error, success, className, value, onChange, options, disabled, ...rest }: SelectProps<V>) {
  return (
    <Field {...{ label, isLabelHidden, hint, error, success, className }}>
      {(ids) => (
        <div className="field-box select-box" data-invalid={ids["aria-invalid"]} data-disabled={disabled || undefined}>
          <select
            {...rest} {...ids} className="field-input" value={value} disabled={disabled}
            onChange={(event) => {
              const chosen = options.find((option) => option.value === event.target.value)
              if (chosen !== undefined) onChange(chosen.value)
            }}
          >
            {options.map((option) => <option key={option.value} value={option.value} disabled={option.isDisabled}>{option.label}</option>)}
          </select>
          <Icon name="chevron-down" size={16} />
        </div>
      )}
    </Field>
  )
}
