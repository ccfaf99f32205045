import { currentLanguage } from "./t"

let hourCycle: "h12" | "h23" | undefined
const cache = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat | Intl.RelativeTimeFormat | Intl.ListFormat>()

/** Whether times have 24 hours; undefined takes what the language does. */
export function setHourCycle(next: "h12" | "h23" | undefined) {
  hourCycle = next
  cache.clear()
}

function locale(): string {
  const language = currentLanguage()
  // English as the browser has it: dates differ between its countries.
  return navigator.languages.find((one) => one === language || one.startsWith(`${language}-`)) ?? language
}

function kept<F extends Intl.DateTimeFormat | Intl.NumberFormat | Intl.RelativeTimeFormat | Intl.ListFormat>(kind: string, make: (locale: string) => F): F {
  const key = `${locale()} ${kind}`
  const known = cache.get(key)
  if (known !== undefined) return known as F
  const made = make(locale())
  cache.set(key, made)
  return made
}

const clock = (): Intl.DateTimeFormatOptions => (hourCycle === undefined ? {} : { hourCycle })

/** "14:05". */
export function formatTime(timestamp: number): string {
  return kept("time", (tag) => new Intl.DateTimeFormat(tag, { hour: "2-digit", minute: "2-digit", ...clock() })).format(timestamp)
}

/** "3 May 2026". */
export function formatDate(timestamp: number): string {
  return kept("date", (tag) => new Intl.DateTimeFormat(tag, { day: "numeric", month: "long", year: "numeric" })).format(timestamp)
}

/** "3 May 2026, 14:05". */
export function formatDateTime(timestamp: number): string {
  return kept("both", (tag) => new Intl.DateTimeFormat(tag, { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", ...clock() })).format(timestamp)
}

/** "Sunday, 3 May" in the same year, with the year otherwise; "today" and "yesterday" by name. */
export function formatDay(timestamp: number, now: number): string {
  const days = dayNumber(now) - dayNumber(timestamp)
  if (days === 0 || days === 1) return capitalised(kept("relative", (tag) => new Intl.RelativeTimeFormat(tag, { numeric: "auto" })).format(-days, "day"))
  const isSameYear = new Date(timestamp).getFullYear() === new Date(now).getFullYear()
  return isSameYear
    ? kept("day", (tag) => new Intl.DateTimeFormat(tag, { weekday: "long", day: "numeric", month: "long" })).format(timestamp)
    : kept("dayYear", (tag) => new Intl.DateTimeFormat(tag, { weekday: "short", day: "numeric", month: "long", year: "numeric" })).format(timestamp)
}

/** "5 minutes ago", "yesterday"; the date where it is more than a week away. */
export function formatRelative(timestamp: number, now: number = Date.now()): string {
  const seconds = Math.round((timestamp - now) / 1000)
  const relative = kept("relative", (tag) => new Intl.RelativeTimeFormat(tag, { numeric: "auto" }))
  const size = Math.abs(seconds)
  if (size < 60) return relative.format(0, "second")
  if (size < 3600) return relative.format(Math.trunc(seconds / 60), "minute")
  if (size < 86_400) return relative.format(Math.trunc(seconds / 3600), "hour")
  if (size < 604_800) return relative.format(Math.trunc(seconds / 86_400), "day")
  return formatDate(timestamp)
}

/** The time today, the weekday within a week, the date before: for lists. */
export function formatShort(timestamp: number, now: number = Date.now()): string {
  const days = dayNumber(now) - dayNumber(timestamp)
  if (days <= 0) return formatTime(timestamp)
  if (days < 7) return kept("weekday", (tag) => new Intl.DateTimeFormat(tag, { weekday: "short" })).format(timestamp)
  return kept("short", (tag) => new Intl.DateTimeFormat(tag, { day: "2-digit", month: "2-digit", year: "2-digit" })).format(timestamp)
}

export function formatNumber(value: number): string {
  return kept("number", (tag) => new Intl.NumberFormat(tag)).format(value)
}

/** "1.2k" from a thousand on. */
export function formatCompact(value: number): string {
  return kept("compact", (tag) => new Intl.NumberFormat(tag, { notation: "compact", maximumFractionDigits: 1 })).format(value)
}

/** "3.4 MB". */
export function formatBytes(bytes: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"]
  const step = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  const unit = units[step] ?? "byte"
  return kept(unit, (tag) => new Intl.NumberFormat(tag, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: step === 0 ? 0 : 1 })).format(bytes / 1000 ** step)
}

/** "3:07", "1:02:30". */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), String(seconds % 60).padStart(2, "0")]
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${String(minutes).padStart(2, "0")}:${rest}`
}

/** "Ana, Ben and Cem". */
export function formatList(items: readonly string[]): string {
  return kept("list", (tag) => new Intl.ListFormat(tag, { type: "conjunction" })).format(items)
}

/** The number of a day in local time: equal for two times of one day, one apart for neighbours. */
export function dayNumber(timestamp: number): number {
  const date = new Date(timestamp)
  return Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000)
}

function capitalised(text: string): string {
  return text.charAt(0).toLocaleUpperCase(currentLanguage()) + text.slice(1)
}
