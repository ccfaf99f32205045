import { classes } from "./classes"
import { Icon } from "./Icon"
import type { IconName } from "./iconPaths"
import { moveChoice } from "./Tabs"

export interface Segment<V extends string> { readonly value: V; readonly label: string; readonly icon?: IconName }

export interface SegmentedControlProps<V extends string> {
  readonly label: string
  readonly value: V
  readonly onChange: (value: V) => void
  readonly options: readonly Segment<V>[]
  /** Signs without texts. */
  readonly isIconOnly?: boolean
  readonly className?: string
}

/** A few values side by side, one of them chosen. */
export function SegmentedControl<V extends string>({ label, value, onChange, options, isIconOnly = false, className }: SegmentedControlProps<V>) {
  return (
    <div role="radiogroup" aria-label={label} className={classes("segmented", className)} onKeyDown={(event) => moveChoice(event, options.map((option) => option.value), value, onChange, "[role=radio]")}>
      {options.map((option) => (
        <button
          key={option.value} type="button" role="radio" aria-checked={option.value === value} tabIndex={option.value === value ? 0 : -1} className="segmented-option" onClick={() => onChange(option.value)}
          {...(isIconOnly ? { "aria-label": option.label, title: option.label } : {})}
        >
          {option.icon !== undefined && <Icon name={option.icon} size={16} />}{!isIconOnly && option.label}
        </button>
      ))}
    </div>
  )
}
