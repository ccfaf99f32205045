import { useId, useState, type ReactNode } from "react"
import { classes } from "./classes"
import { Icon } from "./Icon"
import "./Disclosure.css"

/** A heading that unfolds what is under it. */
export function Disclosure({ title, children, isOpenAtFirst = false, isOpen, onOpenChange, className }: {
  readonly title: ReactNode; readonly children: ReactNode; readonly isOpenAtFirst?: boolean; readonly isOpen?: boolean; readonly onOpenChange?: (isOpen: boolean) => void; readonly className?: string
}) {
  const id = useId()
  const [own, setOwn] = useState(isOpenAtFirst)
  const shown = isOpen ?? own
  return (
    <div className={classes("disclosure", className)}>
      <button
        type="button" className="disclosure-head" aria-expanded={shown} aria-controls={id}
        onClick={() => {
          setOwn(!shown)
          onOpenChange?.(!shown)
        }}
      >
        <Icon name={shown ? "chevron-down" : "chevron-right"} size={16} /><span>{title}</span>
      </button>
      <div id={id} className="disclosure-body" hidden={!shown}>{shown && children}</div>
    </div>
  )
}
