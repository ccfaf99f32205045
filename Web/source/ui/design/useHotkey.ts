import { useEffect } from "react"
import { matchesHotkey } from "./hotkeys"
import { isModalOpen } from "./layers"
import { useLatest } from "./useLatest"

export interface HotkeyOptions {
  readonly isEnabled?: boolean
  /** Also while a text is being written. Off by default for keys without mod, ctrl or alt. */
  readonly isInText?: boolean
  /** Also while a dialog is open. */
  readonly isInDialog?: boolean
}

/** Calls `action` for keys such as "mod+k", "alt+shift+arrowdown", "?" while the component is there; mod is ⌘ or Ctrl. Several: "mod+/,?". */
export function useHotkey(keys: string, action: (event: KeyboardEvent) => void, options: HotkeyOptions = {}) {
  const { isEnabled = true, isInText, isInDialog = false } = options
  const latest = useLatest(action)
  useEffect(() => {
    if (!isEnabled) return
    const all = keys.split(",").map((one) => one.trim()).filter((one) => one !== "")
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || (!isInDialog && isModalOpen())) return
      const found = all.find((one) => matchesHotkey(event, one))
      if (found === undefined) return
      const mayInText = isInText ?? /(mod|ctrl|meta|alt)\+/.test(found)
      if (!mayInText && isTextTarget(event.target)) return
      event.preventDefault()
      latest.current(event)
    }
    document.addEventListener("keydown", onKeyDown)
    return () => document.removeEventListener("keydown", onKeyDown)
  }, [keys, isEnabled, isInText, isInDialog, latest])
}

/** Whether keys pressed there write a text. */
export function isTextTarget(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
    || (target instanceof HTMLInputElement && !["button", "checkbox", "radio", "range", "color", "file", "submit"].includes(target.type))
}
