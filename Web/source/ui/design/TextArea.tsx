import { forwardRef, useLayoutEffect, useRef, type TextareaHTMLAttributes } from "react"
import { Field, type FieldProps } from "./Field"

export interface TextAreaProps extends FieldProps, Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "onChange" | "value" | "className"> {
  readonly value: string
  readonly onChange: (value: string) => void
  /** Grows with its text up to so many lines. */
  readonly maxRows?: number
}

/** A text of several lines. */
export const TextArea = forwardRef<HTMLTextAreaElement, TextAreaProps>(function TextArea(
  { label, isLabelHidden, hint, error, success, className, value, onChange, rows = 3, maxRows, disabled, ...rest }, ref,
) {
  const own = useRef<HTMLTextAreaElement | null>(null)
  useLayoutEffect(() => {
    const area = own.current
    if (area === null || maxRows === undefined) return
    area.style.height = "auto"
    const line = Number.parseFloat(getComputedStyle(area).lineHeight) || 22
    area.style.height = `${Math.min(area.scrollHeight, line * maxRows + 16)}px`
  }, [value, maxRows])
  return (
    <Field {...{ label, isLabelHidden, hint, error, success, className }}>
      {(ids) => (
        <div className="field-box" data-invalid={ids["aria-invalid"]} data-disabled={disabled || undefined}>
          <textarea
            {...rest} {...ids} className="field-input" rows={rows} value={value} disabled={disabled} onChange={(event) => onChange(event.target.value)}
            ref={(element) => {
              own.current = element
              if (typeof ref === "function") ref(element)
              else if (ref !== null) ref.current = element
            }}
          />
        </div>
      )}
    </Field>
  )
})
