import { useId, useState } from "react"
import { t } from "../language/t"
import { classes } from "./classes"
import { Icon } from "./Icon"
import { TextField } from "./TextField"
import "./ColorPicker.css"

export interface ColorPickerProps {
  readonly label: string
  /** "#rrggbb", or undefined for none. */
  readonly value: string | undefined
  readonly onChange: (value: string | undefined) => void
  /** Colours to choose from. */
  readonly swatches: readonly { readonly value: string; readonly label: string }[]
  /** Whether "none" can be chosen. */
  readonly hasNone?: boolean
  readonly isLabelHidden?: boolean
}

/** A colour: one of the swatches, or any by its number. */
export function ColorPicker({ label, value, onChange, swatches, hasNone = false, isLabelHidden = false }: ColorPickerProps) {
  const id = useId()
  const [text, setText] = useState(value ?? "")
  const [seen, setSeen] = useState(value)
  if (seen !== value) {
    setSeen(value)
    setText(value ?? "")
  }
  const isValid = text === "" || /^#[0-9a-f]{6}$/i.test(text)
  const all: readonly { value: string | undefined; label: string }[] = hasNone ? [{ value: undefined, label: t("common.noColour") }, ...swatches] : swatches
  return (
    <fieldset className="color-picker">
      <legend className={isLabelHidden ? "visually-hidden" : "field-label"}>{label}</legend>
      <div className="color-picker-swatches">
        {all.map((swatch) => (
          <label key={swatch.value ?? "none"} className={classes("color-picker-swatch", swatch.value === undefined && "color-picker-none")} title={swatch.label} style={swatch.value === undefined ? undefined : { background: swatch.value }}>
            <input type="radio" name={id} aria-label={swatch.label} checked={swatch.value?.toLowerCase() === value?.toLowerCase()} onChange={() => onChange(swatch.value)} />
            {swatch.value?.toLowerCase() === value?.toLowerCase() && <Icon name={swatch.value === undefined ? "x" : "check"} size={16} />}
          </label>
        ))}
      </div>
      <div className="color-picker-own">
        <input
          type="color" aria-label={t("common.pickColour")} value={/^#[0-9a-f]{6}$/i.test(value ?? "") ? value : "#808080"} onChange={(event) => onChange(event.target.value)}
        />
        <TextField
          label={t("common.colourCode")} isLabelHidden value={text} placeholder="#24567a" maxLength={7} spellCheck={false} error={isValid ? undefined : t("common.colourCodeWrong")}
          onChange={(next) => {
            const code = next.trim() === "" || next.trim().startsWith("#") ? next.trim() : `#${next.trim()}`
            setText(code)
            if (/^#[0-9a-f]{6}$/i.test(code)) onChange(code.toLowerCase())
            else if (code === "" && hasNone) onChange(undefined)
          }}
        />
      </div>
    </fieldset>
  )
}
