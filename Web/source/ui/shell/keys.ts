/** A key combination as the shell knows it. */
export type ShellCommand =
  | "switcher" | "search" | "search-everywhere" | "next-channel" | "previous-channel" | "next-unread" | "previous-unread" | "next-server" | "previous-server"
  | "escape" | "next-landmark" | "previous-landmark" | "inbox" | "members" | "shortcuts"

/** Which command a key press is, if any. Command on a Mac is what Control is elsewhere. */
export function shellCommand(event: Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): ShellCommand | undefined {
  const command = event.ctrlKey || event.metaKey
  if (event.key === "F6") return event.shiftKey ? "previous-landmark" : "next-landmark"
  if (event.key === "Escape" && !command && !event.altKey && !event.shiftKey) return "escape"
  const isUp = event.key === "ArrowUp"
  if (isUp || event.key === "ArrowDown") {
    if (!event.altKey) return undefined
    if (command) return isUp ? "previous-server" : "next-server"
    if (event.shiftKey) return isUp ? "previous-unread" : "next-unread"
    return isUp ? "previous-channel" : "next-channel"
  }
  if (!command || event.altKey) return undefined
  // By the place of the key as well: with other alphabets the letter is another.
  const letter = event.key.length === 1 && /[a-z]/i.test(event.key) ? event.key.toLowerCase() : event.code.replace("Key", "").toLowerCase()
  if (letter === "k" && !event.shiftKey) return "switcher"
  if (letter === "f") return event.shiftKey ? "search-everywhere" : "search"
  if (letter === "i" && event.shiftKey) return undefined
  if (letter === "u" && event.shiftKey) return "members"
  if (event.key === "/") return "shortcuts"
  return undefined
}

/** Moves the focus to the next or the previous part of the page that is marked with `data-landmark`. */
export function moveToLandmark(step: 1 | -1) {
  const landmarks = [...document.querySelectorAll<HTMLElement>("[data-landmark]")].filter((element) => element.offsetParent !== null || element.offsetWidth > 0)
  const current = landmarks.findIndex((element) => element.contains(document.activeElement))
  const next = landmarks[(current + step + landmarks.length) % landmarks.length] ?? landmarks[0]
  if (next === undefined) return
  const inner = next.querySelector<HTMLElement>('[data-landmark-focus], [tabindex="0"], button:not([tabindex="-1"]), a[href], input, textarea')
  ;(inner ?? next).focus()
}
