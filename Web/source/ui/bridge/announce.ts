import { Value } from "../../matrix/base/observable"

/** What the live region of the app says; the number makes the same text new again. */
export const announcement = new Value<{ readonly text: string; readonly count: number }>({ text: "", count: 0 })

/** Tells screen readers something that others see. */
export function announce(text: string) {
  announcement.update(({ count }) => ({ text, count: count + 1 }))
}
