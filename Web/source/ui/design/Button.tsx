import { forwardRef, type ButtonHTMLAttributes } from "react"
import { classes } from "./classes"
import { Icon } from "./Icon"
import type { IconName } from "./iconPaths"
import { Spinner } from "./Spinner"
import "./Button.css"

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** primary: the one thing to do here; plain: bordered (default); quiet: without a border; danger: destroys something; link: in running text. */
  readonly variant?: "primary" | "plain" | "quiet" | "danger" | "link"
  readonly size?: "small" | "medium" | "large"
  readonly icon?: IconName
  readonly iconEnd?: IconName
  /** Shows a spinner and takes no clicks, without losing the focus. */
  readonly isBusy?: boolean
  /** As wide as what it is in. */
  readonly isBlock?: boolean
}

/** A button with a text. */
export const Button = forwardRef<HTMLButtonElement, ButtonProps>(function Button(
  { variant = "plain", size = "medium", icon, iconEnd, isBusy = false, isBlock = false, className, children, onClick, type = "button", ...rest }, ref,
) {
  return (
    <button
      {...rest} ref={ref} type={type === "submit" && isBusy ? "button" : type} aria-busy={isBusy || undefined} aria-disabled={isBusy || rest["aria-disabled"]}
      className={classes("button", `button-${variant}`, size !== "medium" && `button-${size}`, isBlock && "button-block", className)}
      onClick={isBusy ? undefined : onClick}
    >
      {isBusy ? <Spinner size={16} /> : icon !== undefined && <Icon name={icon} size={size === "small" ? 16 : 18} />}
      {children !== undefined && <span className="button-text">{children}</span>}
      {iconEnd !== undefined && <Icon name={iconEnd} size={size === "small" ? 16 : 18} />}
    </button>
  )
})
