import { t } from "../language/t"

/** Whether ⌘ takes the place of Ctrl. */
export const isApple = /Mac|iPhone|iPad/.test(navigator.platform)

/** Whether an event is these keys: "mod+k", "alt+shift+arrowdown", "escape", "?". Shift counts only where it is named, or with letters. */
export function matchesHotkey(event: KeyboardEvent, keys: string): boolean {
  const parts = keys.toLowerCase().split("+")
  const key = parts[parts.length - 1] === "" ? "+" : parts[parts.length - 1]
  const has = (name: string) => parts.includes(name)
  const mod = has("mod")
  if (event.ctrlKey !== (has("ctrl") || (mod && !isApple)) || event.metaKey !== (has("meta") || (mod && isApple)) || event.altKey !== has("alt")) return false
  const pressed = event.key.toLowerCase()
  // With Shift a sign such as "?" is already another key; with letters and named keys it is told apart.
  if (pressed.length > 1 || /^[\p{L}\p{N}]$/u.test(pressed)) {
    if (event.shiftKey !== has("shift")) return false
  }
  if (pressed === key) return true
  // Alt turns letters into signs on some machines, and other scripts have other letters on the same keys.
  return key !== undefined && /^[a-z]$/.test(key) && event.code === `Key${key.toUpperCase()}` && (event.altKey || !/^[a-z]$/.test(pressed))
}

/** The caps of keys as this machine writes them. */
export function keyLabels(keys: string): string[] {
  return keys.toLowerCase().split("+").filter((part) => part !== "").map((part) => {
    switch (part) {
      case "mod": return isApple ? "⌘" : t("common.keyControl")
      case "ctrl": return isApple ? "⌃" : t("common.keyControl")
      case "alt": return isApple ? "⌥" : "Alt"
      case "shift": return isApple ? "⇧" : t("common.keyShift")
      case "enter": return "⏎"
      case "escape": return "Esc"
      case "arrowup": return "↑"
      case "arrowdown": return "↓"
      case "arrowleft": return "←"
      case "arrowright": return "→"
      case "space": return t("common.keySpace")
      default: return part.length === 1 ? part.toUpperCase() : part.charAt(0).toUpperCase() + part.slice(1)
    }
  })
}
