import { useState, type ReactNode } from "react"
import { IconButton, Menu, type IconName, type Placement } from "../design"
import type { ShellMenuItem } from "./menuItems"
import { ShellMenuRows } from "./ShellMenuRows"

/** A button that opens a menu: a sign, or anything else as its face. */
export function MenuButton({ label, items, icon, className, placement = "bottom-start", children }: {
  label: string; items: () => readonly ShellMenuItem[]; icon?: IconName; className?: string; placement?: Placement; children?: ReactNode
}) {
  const [isOpen, setOpen] = useState(false)
  const trigger = icon === undefined
    ? <button type="button" className={className} aria-label={label}>{children}</button>
    : <IconButton icon={icon} label={label} />
  return <Menu trigger={trigger} label={label} placement={placement} isOpen={isOpen} onOpenChange={setOpen}>{isOpen && <ShellMenuRows items={items()} />}</Menu>
}
