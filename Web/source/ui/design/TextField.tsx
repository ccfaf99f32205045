import { forwardRef, useState, type InputHTMLAttributes, type ReactNode } from "react"
import { t } from "../language/t"
import { Field, type FieldProps } from "./Field"
import { Icon } from "./Icon"
import { IconButton } from "./IconButton"
import type { IconName } from "./iconPaths"

export interface TextFieldProps extends FieldProps, Omit<InputHTMLAttributes<HTMLInputElement>, "onChange" | "value" | "className" | "prefix"> {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly icon?: IconName
  /** What stands before and after the text inside of the box. */
  readonly prefix?: ReactNode
  readonly suffix?: ReactNode
}

/** A line of text. */
export const TextField = forwardRef<HTMLInputElement, TextFieldProps>(function TextField(
  { label, isLabelHidden, hint, error, success, className, value, onChange, icon, prefix, suffix, type = "text", disabled, ...rest }, ref,
) {
  return (
    <Field {...{ label, isLabelHidden, hint, error, success, className }}>
      {(ids) => (
        <div className="field-box" data-invalid={ids["aria-invalid"]} data-disabled={disabled || undefined}>
          {icon !== undefined && <Icon name={icon} size={18} />}
          {prefix !== undefined && <span className="field-affix">{prefix}</span>}
          <input {...rest} {...ids} ref={ref} className="field-input" type={type} value={value} disabled={disabled} onChange={(event) => onChange(event.target.value)} />
          {suffix !== undefined && <span className="field-affix">{suffix}</span>}
        </div>
      )}
    </Field>
  )
})

/** A password, which can be shown. */
export const PasswordField = forwardRef<HTMLInputElement, Omit<TextFieldProps, "type" | "suffix">>(function PasswordField(props, ref) {
  const [isShown, setShown] = useState(false)
  return (
    <TextField
      autoComplete="current-password" {...props} ref={ref} type={isShown ? "text" : "password"} spellCheck={false} autoCapitalize="none"
      suffix={<IconButton icon={isShown ? "eye-off" : "eye"} size="small" label={isShown ? t("common.hidePassword") : t("common.showPassword")} isPressed={isShown} onClick={() => setShown(!isShown)} />}
    />
  )
})

/** A field to search with; its button and Esc empty it. */
export const SearchField = forwardRef<HTMLInputElement, Omit<TextFieldProps, "type" | "suffix" | "icon">>(function SearchField(props, ref) {
  return (
    <TextField
      placeholder={props.label} isLabelHidden {...props} ref={ref} type="search" icon="search" autoComplete="off" spellCheck={false}
      onKeyDown={(event) => {
        props.onKeyDown?.(event)
        if (event.key === "Escape" && props.value !== "" && !event.defaultPrevented) {
          event.preventDefault()
          props.onChange("")
        }
      }}
      suffix={props.value === "" ? undefined : <IconButton icon="x" size="small" label={t("common.clear")} onClick={() => props.onChange("")} />}
    />
  )
})
