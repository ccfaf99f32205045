import { forwardRef, type ButtonHTMLAttributes } from "react"
import { classes } from "./classes"
import { Icon } from "./Icon"
import type { IconName } from "./iconPaths"
import { Spinner } from "./Spinner"
import { Tooltip, type TooltipSide } from "./Tooltip"
import "./IconButton.css"

export interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly icon: IconName
  /** What it does: its name and its tooltip. */
  readonly label: string
  readonly variant?: "quiet" | "plain" | "primary" | "danger"
  readonly size?: "small" | "medium" | "large"
  /** For buttons that stay down. */
  readonly isPressed?: boolean
  readonly isBusy?: boolean
  /** Keys to show in the tooltip, as in `useHotkey`. */
  readonly hotkey?: string
  readonly tooltipSide?: TooltipSide
  /** A number or a dot on its corner. */
  readonly badge?: number | "dot"
}

/** A button with a sign and no text. */
export const IconButton = forwardRef<HTMLButtonElement, IconButtonProps>(function IconButton(
  { icon, label, variant = "quiet", size = "medium", isPressed, isBusy = false, hotkey, tooltipSide, badge, className, onClick, type = "button", ...rest }, ref,
) {
  const pixels = size === "small" ? 16 : size === "large" ? 24 : 20
  return (
    <Tooltip text={label} isName {...(hotkey === undefined ? {} : { hotkey })} {...(tooltipSide === undefined ? {} : { side: tooltipSide })}>
      <button
        {...rest} ref={ref} type={type} aria-label={label} aria-pressed={isPressed} aria-busy={isBusy || undefined} aria-disabled={isBusy || rest["aria-disabled"]}
        className={classes("icon-button", `icon-button-${variant}`, size !== "medium" && `icon-button-${size}`, className)} onClick={isBusy ? undefined : onClick}
      >
        {isBusy ? <Spinner size={pixels - 4} /> : <Icon name={icon} size={pixels} />}
        {badge !== undefined && badge !== 0 && <span className="icon-button-badge" data-dot={badge === "dot" || undefined} aria-hidden="true">{badge === "dot" ? "" : badge > 99 ? "99+" : badge}</span>}
      </button>
    </Tooltip>
  )
})
