import type { Selection } from "../../../domain/composer/formatting"

/** Puts a text into a field as if it had been typed, so that it can be undone. */
export function replaceRange(area: HTMLTextAreaElement, start: number, end: number, text: string) {
  area.focus()
  area.setSelectionRange(start, end)
  const isDone = text === "" ? start === end || document.execCommand("delete") : document.execCommand("insertText", false, text)
  if (!isDone) {
    area.setRangeText(text, start, end, "end")
    area.dispatchEvent(new Event("input", { bubbles: true }))
  }
}

/** Makes a field hold this text and selection, changing only what differs. */
export function applySelection(area: HTMLTextAreaElement, next: Selection) {
  const before = area.value
  let from = 0
  while (from < before.length && from < next.text.length && before[from] === next.text[from]) from += 1
  let back = 0
  while (back < before.length - from && back < next.text.length - from && before[before.length - 1 - back] === next.text[next.text.length - 1 - back]) back += 1
  replaceRange(area, from, before.length - back, next.text.slice(from, next.text.length - back))
  area.setSelectionRange(next.start, next.end)
}
