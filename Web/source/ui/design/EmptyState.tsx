import type { ReactNode } from "react"
import { Icon } from "./Icon"
import type { IconName } from "./iconPaths"
import "./EmptyState.css"

/** What stands where nothing is yet: why, and what to do. */
export function EmptyState({ icon, title, text, children }: { readonly icon?: IconName; readonly title: string; readonly text?: ReactNode; /** Buttons. */ readonly children?: ReactNode }) {
  return (
    <div className="empty-state">
      {icon !== undefined && <span className="empty-state-icon"><Icon name={icon} size={28} /></span>}
      <p className="empty-state-title">{title}</p>
      {text !== undefined && <div className="empty-state-text">{text}</div>}
      {children !== undefined && <div className="empty-state-actions">{children}</div>}
    </div>
  )
}
