const selector = [
  "a[href]", "button:not([disabled])", "input:not([disabled]):not([type=hidden])", "select:not([disabled])", "textarea:not([disabled])", "summary",
  "[contenteditable=true]", "[tabindex]", "audio[controls]", "video[controls]",
].join(",")

/** What the Tab key reaches inside of an element, in its order. */
export function focusableIn(element: HTMLElement): HTMLElement[] {
  return [...element.querySelectorAll<HTMLElement>(selector)].filter((one) => one.tabIndex >= 0 && one.closest("[inert],[hidden]") === null && one.getClientRects().length > 0)
}

/** Keeps Tab inside of an element: to be called for its keydown events. */
export function trapTab(event: { readonly key: string; readonly shiftKey: boolean; preventDefault(): void }, element: HTMLElement) {
  if (event.key !== "Tab") return
  const stops = focusableIn(element)
  const first = stops[0]
  const last = stops[stops.length - 1]
  const active = document.activeElement
  if (first === undefined || last === undefined) {
    event.preventDefault()
    element.focus()
  } else if (event.shiftKey && (active === first || active === element)) {
    event.preventDefault()
    last.focus()
  } else if (!event.shiftKey && active === last) {
    event.preventDefault()
    first.focus()
  }
}
