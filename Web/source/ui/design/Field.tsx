import { useId, type ReactNode } from "react"
import { classes } from "./classes"
import { Icon } from "./Icon"
import "./Field.css"

export interface FieldProps {
  readonly label: string
  /** The label is told, not shown. */
  readonly isLabelHidden?: boolean
  readonly hint?: ReactNode
  /** What is wrong with the value and what to do about it. */
  readonly error?: ReactNode
  /** What is right with it. */
  readonly success?: ReactNode
  readonly className?: string
}

/** The names that tie an input to its label and texts. */
export interface FieldIDs { readonly id: string; readonly "aria-describedby": string | undefined; readonly "aria-invalid": true | undefined }

/** A label, an input, and what is to be said about it. */
export function Field({ label, isLabelHidden = false, hint, error, success, className, children }: FieldProps & { readonly children: (ids: FieldIDs) => ReactNode }) {
  const id = useId()
  const has = (text: ReactNode) => text !== undefined && text !== null && text !== false && text !== ""
  const described = [has(error) && `${id}-error`, !has(error) && has(success) && `${id}-success`, has(hint) && `${id}-hint`].filter((one): one is string => typeof one === "string")
  return (
    <div className={classes("field", className)}>
      <label htmlFor={id} className={isLabelHidden ? "visually-hidden" : "field-label"}>{label}</label>
      {children({ id, "aria-describedby": described.length === 0 ? undefined : described.join(" "), "aria-invalid": has(error) ? true : undefined })}
      {has(error) && <p id={`${id}-error`} className="field-error" role="alert"><Icon name="warning" size={16} /><span>{error}</span></p>}
      {!has(error) && has(success) && <p id={`${id}-success`} className="field-success" role="status"><Icon name="check" size={16} /><span>{success}</span></p>}
      {has(hint) && <p id={`${id}-hint`} className="field-hint">{hint}</p>}
    </div>
  )
}
