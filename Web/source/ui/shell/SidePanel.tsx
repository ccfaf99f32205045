import type { ReactNode } from "react"
import { IconButton } from "../design"
import { t } from "../language/t"
import "./SidePanel.css"

/** The frame of what stands beside a conversation: a title, a way to close it, and the rest. */
export function SidePanel({ title, onClose, tools, children }: { title: string; onClose: () => void; tools?: ReactNode; children: ReactNode }) {
  return (
    <section className="side-panel" aria-label={title}>
      <header className="side-panel-head">
        <h2>{title}</h2>
        {tools}
        <IconButton icon="x" label={t("shell.closePanel")} onClick={onClose} />
      </header>
      <div className="side-panel-body">{children}</div>
    </section>
  )
}
