import type { ReactNode } from "react"
import { ContextMenu } from "../design"
import type { ShellMenuItem } from "./menuItems"
import { ShellMenuRows } from "./ShellMenuRows"

/** Gives what is inside a menu by right click, the menu key or a long press. */
export function MenuArea({ items, children }: { items: () => readonly ShellMenuItem[]; children: ReactNode }) {
  const content = () => {
    const rows = items()
    return rows.length === 0 ? undefined : <ShellMenuRows items={rows} />
  }
  return <ContextMenu content={content}>{children}</ContextMenu>
}
