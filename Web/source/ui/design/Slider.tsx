import { useId } from "react"
import { classes } from "./classes"
import "./Slider.css"

export interface SliderProps {
  readonly label: string
  readonly isLabelHidden?: boolean
  readonly value: number
  readonly onChange: (value: number) => void
  /** When the hand lets go. */
  readonly onCommit?: (value: number) => void
  readonly min: number
  readonly max: number
  readonly step?: number
  /** The value in words. */
  readonly format?: (value: number) => string
  /** Numbers to mark under it. */
  readonly marks?: readonly number[]
  readonly isDisabled?: boolean
  readonly className?: string
}

/** A number between two others. */
export function Slider({ label, isLabelHidden = false, value, onChange, onCommit, min, max, step = 1, format, marks, isDisabled, className }: SliderProps) {
  const id = useId()
  const text = format === undefined ? String(value) : format(value)
  return (
    <div className={classes("slider", className)}>
      <div className={isLabelHidden ? "visually-hidden" : "slider-head"}>
        <label htmlFor={id}>{label}</label>
        <output htmlFor={id}>{text}</output>
      </div>
      <input
        id={id} type="range" min={min} max={max} step={step} value={value} disabled={isDisabled} aria-valuetext={text} style={{ "--filled": `${((value - min) / (max - min)) * 100}%` } as React.CSSProperties}
        onChange={(event) => onChange(event.target.valueAsNumber)} onPointerUp={() => onCommit?.(value)} onKeyUp={() => onCommit?.(value)} list={marks === undefined ? undefined : `${id}-marks`}
      />
      {marks !== undefined && <datalist id={`${id}-marks`}>{marks.map((mark) => <option key={mark} value={mark} />)}</datalist>}
    </div>
  )
}
