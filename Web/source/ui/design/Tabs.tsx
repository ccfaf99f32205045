import { useId, type KeyboardEvent, type ReactNode } from "react"
import { Badge } from "./Badge"
import { classes } from "./classes"
import "./Tabs.css"

export interface Tab<V extends string> { readonly value: V; readonly label: ReactNode; readonly count?: number }

export interface TabsProps<V extends string> {
  readonly label: string
  readonly value: V
  readonly onChange: (value: V) => void
  readonly tabs: readonly Tab<V>[]
  /** What the chosen tab shows. */
  readonly children?: ReactNode
  readonly className?: string
}

/** Views that take turns in one place. Arrow keys change the tab. */
export function Tabs<V extends string>({ label, value, onChange, tabs, children, className }: TabsProps<V>) {
  const id = useId()
  return (
    <div className={classes("tabs", className)}>
      <div role="tablist" aria-label={label} className="tabs-list" onKeyDown={(event) => moveChoice(event, tabs.map((tab) => tab.value), value, onChange, "[role=tab]")}>
        {tabs.map((tab) => (
          <button
            key={tab.value} type="button" role="tab" id={`${id}-${tab.value}`} aria-selected={tab.value === value} aria-controls={children === undefined ? undefined : `${id}-panel`} tabIndex={tab.value === value ? 0 : -1}
            className="tabs-tab" onClick={() => onChange(tab.value)}
          >
            {tab.label}{tab.count !== undefined && tab.count > 0 && <Badge count={tab.count} kind="quiet" />}
          </button>
        ))}
      </div>
      {children !== undefined && <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${value}`} className="tabs-panel" tabIndex={-1}>{children}</div>}
    </div>
  )
}

/** Moves a choice by arrow keys, Home and End, and the focus with it. */
export function moveChoice<V extends string>(event: KeyboardEvent<HTMLElement>, values: readonly V[], value: V, onChange: (value: V) => void, selector: string) {
  const isMirrored = getComputedStyle(event.currentTarget).direction === "rtl"
  const at = values.indexOf(value)
  const step = { ArrowRight: isMirrored ? -1 : 1, ArrowLeft: isMirrored ? 1 : -1, ArrowDown: 1, ArrowUp: -1 }[event.key]
  const next = event.key === "Home" ? 0 : event.key === "End" ? values.length - 1 : step === undefined ? undefined : (at + step + values.length) % values.length
  if (next === undefined) return
  const chosen = values[next]
  if (chosen === undefined) return
  event.preventDefault()
  onChange(chosen)
  event.currentTarget.querySelectorAll<HTMLElement>(selector)[next]?.focus()
}
