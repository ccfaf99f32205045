import { useEffect, useId, useLayoutEffect, useRef, type FormEvent, type ReactNode } from "react"
import { createPortal } from "react-dom"
import { t } from "../language/t"
import { classes } from "./classes"
import { focusableIn, trapTab } from "./focusable"
import { IconButton } from "./IconButton"
import { pushLayer } from "./layers"
import { useLatest } from "./useLatest"
import "./Dialog.css"

export interface DialogProps {
  readonly title: string
  /** Called by Esc, the X, and a press beside it. Undefined: it cannot be closed but by its own buttons. */
  readonly onClose?: () => void
  /** Default true; the answer of a conditional rendering does as well. */
  readonly isOpen?: boolean
  readonly size?: "small" | "medium" | "large" | "full"
  /** A line under the title. */
  readonly description?: ReactNode
  /** Buttons, the main one last. */
  readonly footer?: ReactNode
  /** Makes a form of it: Enter does what the main button (type="submit") does. */
  readonly onSubmit?: () => void
  readonly isTitleHidden?: boolean
  /** No padding around the content. */
  readonly isFlush?: boolean
  readonly role?: "dialog" | "alertdialog"
  readonly className?: string
  readonly children?: ReactNode
}

/** A window above the page that wants an answer. A sheet from below on narrow screens. */
export function Dialog(props: DialogProps) {
  return props.isOpen === false ? null : <OpenDialog {...props} />
}

function OpenDialog({ title, onClose, size = "medium", description, footer, onSubmit, isTitleHidden = false, isFlush = false, role = "dialog", className, children }: DialogProps) {
  const id = useId()
  const frame = useRef<HTMLDivElement>(null)
  const box = useRef<HTMLElement>(null)
  const close = useLatest(onClose)

  useLayoutEffect(() => {
    const element = frame.current
    const content = box.current
    if (element === null || content === null) return
    const before = document.activeElement
    const pop = pushLayer({ element, isModal: true, onEscape: () => close.current?.() })
    if (!content.contains(document.activeElement)) {
      const body = content.querySelector<HTMLElement>(".dialog-body")
      const target = content.querySelector<HTMLElement>("[data-autofocus]") ?? (body === null ? undefined : focusableIn(body).find((one) => one.matches("input,textarea,select"))) ?? content
      target.focus({ preventScroll: true })
    }
    return () => {
      pop()
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    }
  }, [close])
  useEffect(() => {
    document.documentElement.dataset.dialog = "open"
    return () => {
      delete document.documentElement.dataset.dialog
    }
  }, [])

  const head = (
    <header className={isTitleHidden ? "visually-hidden" : "dialog-head"}>
      <div className="dialog-titles">
        <h2 id={`${id}-title`}>{title}</h2>
        {description !== undefined && <p id={`${id}-text`} className="dialog-description">{description}</p>}
      </div>
      {onClose !== undefined && <IconButton icon="x" label={t("common.close")} onClick={onClose} />}
    </header>
  )
  const content = (
    <>
      {head}
      <div className={isFlush ? "dialog-body dialog-body-flush" : "dialog-body"}>{children}</div>
      {footer !== undefined && <footer className="dialog-foot">{footer}</footer>}
    </>
  )
  return createPortal(
    <div
      ref={frame} className="dialog-frame"
      onMouseDown={(event) => {
        if (event.target === frame.current) onClose?.()
      }}
      onKeyDown={(event) => {
        if (box.current !== null && box.current.contains(event.target as Node)) trapTab(event, box.current)
      }}
      onClick={(event) => event.stopPropagation()} onContextMenu={(event) => event.stopPropagation()}
    >
      <section
        ref={box} className={classes("dialog", `dialog-${size}`, className)} role={role} aria-modal aria-labelledby={`${id}-title`} aria-describedby={description === undefined ? undefined : `${id}-text`} tabIndex={-1}
      >
        {onSubmit === undefined ? content : (
          <form
            className="dialog-form" noValidate
            onSubmit={(event: FormEvent) => {
              event.preventDefault()
              event.stopPropagation()
              onSubmit()
            }}
          >
            {content}
          </form>
        )}
      </section>
    </div>,
    document.body,
  )
}
