import { cloneElement, createContext, useContext, useId, useRef, useState, type KeyboardEvent, type ReactElement, type ReactNode } from "react"
import { classes } from "./classes"
import { Floating } from "./Floating"
import { Icon } from "./Icon"
import type { IconName } from "./iconPaths"
import { Kbd } from "./Kbd"
import type { Box, Placement } from "./place"
import "./Menu.css"

/** Closes the whole menu that a row is in. */
const MenuCloseContext = createContext<() => void>(() => undefined)

/** Closes the menu that the component is in; for rows of one's own. */
export function useMenuClose(): () => void {
  return useContext(MenuCloseContext)
}

export interface MenuProps {
  /** The button that opens it. It gets aria-haspopup, aria-expanded and the click. */
  readonly trigger: ReactElement
  readonly children: ReactNode
  readonly label?: string
  readonly placement?: Placement
  /** Only to steer it from outside; it keeps its own state otherwise. */
  readonly isOpen?: boolean
  readonly onOpenChange?: (isOpen: boolean) => void
}

/** A menu below a button. */
export function Menu({ trigger, children, label, placement = "bottom-start", isOpen, onOpenChange }: MenuProps) {
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
      <span
        ref={setAnchor} className="menu-anchor" onClick={() => change(!shown)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return
          event.preventDefault()
          change(true)
        }}
      >
        {cloneElement(trigger, { "aria-haspopup": "menu", "aria-expanded": shown, "aria-controls": shown ? id : undefined })}
      </span>
      {shown && element !== undefined && <MenuBox id={id} anchor={element} placement={placement} label={label} onClose={() => change(false)}>{children}</MenuBox>}
    </>
  )
}

/** A menu at any place: `anchor` is an element or a point of the window. */
export function MenuAt({ anchor, onClose, label, placement = "bottom-start", children }: { readonly anchor: Element | Box; readonly onClose: () => void; readonly label?: string; readonly placement?: Placement; readonly children: ReactNode }) {
  return <MenuBox anchor={anchor} placement={placement} label={label} onClose={onClose}>{children}</MenuBox>
}

function MenuBox({ id, anchor, placement, label, onClose, onBack, children }: { id?: string; anchor: Element | Box; placement: Placement; label: string | undefined; onClose: () => void; onBack?: () => void; children: ReactNode }) {
  const typed = useRef({ text: "", at: 0 })
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const box = event.currentTarget
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return
    const items = menuItems(box)
    const at = items.findIndex((item) => item === document.activeElement)
    const go = (index: number) => {
      event.preventDefault()
      event.stopPropagation()
      items[(index + items.length) % items.length]?.focus()
    }
    switch (event.key) {
      case "ArrowDown": return go(at + 1)
      case "ArrowUp": return go(at < 0 ? items.length - 1 : at - 1)
      case "Home": return go(0)
      case "End": return go(items.length - 1)
      case "Tab":
        event.preventDefault()
        return onClose()
      default: break
    }
    const isBack = event.key === (document.documentElement.dir === "rtl" ? "ArrowRight" : "ArrowLeft")
    if (isBack && onBack !== undefined) {
      event.preventDefault()
      event.stopPropagation()
      return onBack()
    }
    if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) {
      // Typing goes to the next item that begins so.
      const now = Date.now()
      typed.current = { text: (now - typed.current.at < 700 ? typed.current.text : "") + event.key.toLowerCase(), at: now }
      const { text } = typed.current
      const from = text.length === 1 ? at + 1 : Math.max(at, 0)
      const order = [...items.slice(from), ...items.slice(0, from)]
      const found = order.find((item) => (item.textContent ?? "").trim().toLowerCase().startsWith(text))
      if (found !== undefined) {
        event.preventDefault()
        found.focus()
      }
    }
  }
  return (
    <MenuCloseContext.Provider value={onClose}>
      <Floating {...(id === undefined ? {} : { id })} anchor={anchor} placement={placement} onClose={onBack ?? onClose} role="menu" className="menu" isTrapped={false} {...(label === undefined ? {} : { label })} onKeyDown={onKeyDown}>
        {children}
      </Floating>
    </MenuCloseContext.Provider>
  )
}

function menuItems(box: HTMLElement): HTMLElement[] {
  return [...box.querySelectorAll<HTMLElement>("[role^=menuitem]:not([aria-disabled=true])")]
}

export interface MenuItemProps {
  readonly children: ReactNode
  readonly onSelect?: () => void
  readonly icon?: IconName
  readonly hint?: ReactNode
  readonly hotkey?: string
  readonly isDanger?: boolean
  readonly isDisabled?: boolean
  /** The menu stays open. */
  readonly keepsOpen?: boolean
  /** A link instead of a button. */
  readonly href?: string
}

/** Something to do. */
export function MenuItem(props: MenuItemProps) {
  return <MenuRow {...props} role="menuitem" />
}

/** Something that is on or off. */
export function MenuCheckItem({ isChecked, onChange, ...props }: Omit<MenuItemProps, "onSelect" | "icon"> & { readonly isChecked: boolean; readonly onChange: (isChecked: boolean) => void }) {
  return <MenuRow keepsOpen {...props} role="menuitemcheckbox" isChecked={isChecked} onSelect={() => onChange(!isChecked)} />
}

/** One of several. */
export function MenuRadioItem({ isChecked, ...props }: Omit<MenuItemProps, "icon"> & { readonly isChecked: boolean }) {
  return <MenuRow {...props} role="menuitemradio" isChecked={isChecked} />
}

function MenuRow({ role, children, onSelect, icon, hint, hotkey, isDanger, isDisabled, keepsOpen = false, href, isChecked }: MenuItemProps & { role: string; isChecked?: boolean }) {
  const close = useMenuClose()
  const content = (
    <>
      {icon !== undefined && <Icon name={icon} size={18} />}
      {isChecked !== undefined && <span className="menu-item-mark">{isChecked && <Icon name="check" size={16} />}</span>}
      <span className="menu-item-text"><span>{children}</span>{hint !== undefined && <span className="menu-item-hint">{hint}</span>}</span>
      {hotkey !== undefined && <Kbd keys={hotkey} />}
    </>
  )
  const shared = {
    role, tabIndex: -1, className: classes("menu-item", isDanger === true && "menu-item-danger"), "aria-checked": isChecked, "aria-disabled": isDisabled === true || undefined,
    onPointerMove: (event: React.PointerEvent<HTMLElement>) => {
      if (event.pointerType === "mouse" && event.currentTarget !== document.activeElement) event.currentTarget.focus({ preventScroll: true })
    },
    onClick: () => {
      if (isDisabled === true) return
      if (!keepsOpen) close()
      onSelect?.()
    },
  }
  return href === undefined ? <button type="button" {...shared}>{content}</button> : <a href={href} {...shared}>{content}</a>
}

/** A line between groups. */
export function MenuLine() {
  return <div role="separator" className="menu-line" />
}

/** A heading of a group. */
export function MenuLabel({ children }: { readonly children: ReactNode }) {
  return <div className="menu-label" role="presentation">{children}</div>
}

/** A row that opens another menu at its side. */
export function SubMenu({ label, icon, isDisabled = false, children }: { readonly label: string; readonly icon?: IconName; readonly isDisabled?: boolean; readonly children: ReactNode }) {
  const closeAll = useMenuClose()
  const [anchor, setAnchor] = useState<HTMLElement>()
  const timer = useRef<number>()
  const open = (element: HTMLElement) => {
    window.clearTimeout(timer.current)
    if (!isDisabled) setAnchor(element)
  }
  return (
    <>
      <button
        type="button" role="menuitem" tabIndex={-1} className="menu-item" aria-haspopup="menu" aria-expanded={anchor !== undefined} aria-disabled={isDisabled || undefined}
        onClick={(event) => open(event.currentTarget)}
        onPointerMove={(event) => {
          if (event.pointerType !== "mouse") return
          const element = event.currentTarget
          if (element !== document.activeElement) element.focus({ preventScroll: true })
          window.clearTimeout(timer.current)
          timer.current = window.setTimeout(() => open(element), 150)
        }}
        onPointerLeave={() => window.clearTimeout(timer.current)}
        onKeyDown={(event) => {
          if (event.key !== (document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight")) return
          event.preventDefault()
          event.stopPropagation()
          open(event.currentTarget)
        }}
      >
        {icon !== undefined && <Icon name={icon} size={18} />}
        <span className="menu-item-text">{label}</span>
        <Icon name="chevron-right" size={16} />
      </button>
      {anchor !== undefined && (
        <SubMenuBox anchor={anchor} label={label} onBack={() => setAnchor(undefined)} closeAll={closeAll}>{children}</SubMenuBox>
      )}
    </>
  )
}

function SubMenuBox({ anchor, label, onBack, closeAll, children }: { anchor: HTMLElement; label: string; onBack: () => void; closeAll: () => void; children: ReactNode }) {
  return <MenuBox anchor={anchor} placement="end-top" label={label} onClose={closeAll} onBack={onBack}>{children}</MenuBox>
}
