import { cloneElement, useId, useState, type ReactElement, type ReactNode } from "react"
import { classes } from "./classes"
import { Floating } from "./Floating"
import type { Box, Placement } from "./place"
import "./Popover.css"

export interface PopoverProps {
  readonly trigger: ReactElement
  readonly label: string
  readonly children: ReactNode | ((close: () => void) => ReactNode)
  readonly placement?: Placement
  readonly isOpen?: boolean
  readonly onOpenChange?: (isOpen: boolean) => void
  readonly className?: string
  readonly initialFocus?: "first" | "box" | "none"
}

/** A box with anything in it, beside the button that opens it. */
export function Popover({ trigger, label, children, placement = "bottom-start", isOpen, onOpenChange, className, initialFocus = "first" }: PopoverProps) {
  const [own, setOwn] = useState(false)
  const shown = isOpen ?? own
  const [anchor, setAnchor] = useState<HTMLSpanElement | null>(null)
  const id = useId()
  const change = (next: boolean) => {
    setOwn(next)
    onOpenChange?.(next)
  }
  const element = anchor?.querySelector("button, a, [tabindex]") ?? anchor?.firstElementChild ?? undefined
  return (
    <>
      <span ref={setAnchor} className="menu-anchor" onClick={() => change(!shown)}>
        {cloneElement(trigger, { "aria-haspopup": "dialog", "aria-expanded": shown, "aria-controls": shown ? id : undefined })}
      </span>
      {shown && element !== undefined && (
        <Floating id={id} anchor={element} placement={placement} label={label} onClose={() => change(false)} className={classes("popover", className)} initialFocus={initialFocus}>
          {typeof children === "function" ? children(() => change(false)) : children}
        </Floating>
      )}
    </>
  )
}

/** The same at any element or point, open as long as it is rendered. */
export function PopoverAt({ anchor, onClose, label, placement = "bottom-start", className, initialFocus = "first", children }: {
  readonly anchor: Element | Box; readonly onClose: () => void; readonly label: string; readonly placement?: Placement; readonly className?: string
  readonly initialFocus?: "first" | "box" | "none"; readonly children: ReactNode
}) {
  return <Floating anchor={anchor} placement={placement} label={label} onClose={onClose} className={classes("popover", className)} initialFocus={initialFocus}>{children}</Floating>
}
