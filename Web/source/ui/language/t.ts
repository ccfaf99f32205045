import { useSyncExternalStore } from "react"
import { en, type TextKey } from "./en"

/** The texts of a language. English is in the first bundle, others are loaded when chosen. */
export type Texts = Record<TextKey, string>
export type Language = "en" | "de"

let texts: Texts = en
let language: Language = "en"
let plurals = new Intl.PluralRules("en")
const listeners = new Set<() => void>()

/** The text of a key with its `{values}` filled in; `{count, plural, one {# member} other {# members}}` picks by number. */
export function t(key: TextKey, values: Record<string, string | number> = {}): string {
  return filled(texts[key] ?? en[key] ?? key, values)
}

/** A text cut at its values, to put elements in their place: odd entries are names of values. */
export function textParts(key: TextKey): string[] {
  return (texts[key] ?? en[key] ?? key).split(/\{(\w+)\}/)
}

function filled(text: string, values: Record<string, string | number>): string {
  const chosen = text.replace(/\{(\w+), plural,((?:\s*(?:=?\w+)\s*\{[^{}]*\})+)\s*\}/g, (whole, name: string, cases: string) => {
    const count = Number(values[name])
    const found = new Map<string, string>()
    for (const match of cases.matchAll(/(=?\w+)\s*\{([^{}]*)\}/g)) found.set(match[1] ?? "", match[2] ?? "")
    const form = found.get(`=${count}`) ?? found.get(plurals.select(count)) ?? found.get("other")
    return form === undefined ? whole : form.replace(/#/g, new Intl.NumberFormat(language).format(count))
  })
  return chosen.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name]
    return value === undefined ? whole : typeof value === "number" ? new Intl.NumberFormat(language).format(value) : value
  })
}

/** Changes the language; components that use `useLanguage` (the app does at its root) are rendered anew. */
export async function setLanguage(next: Language): Promise<void> {
  texts = next === "de" ? (await import("./de")).de : en
  language = next
  plurals = new Intl.PluralRules(next)
  document.documentElement.lang = next
  for (const listener of [...listeners]) listener()
}

/** The language in use. */
export function useLanguage(): Language {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
    }
  }, () => language)
}

export function currentLanguage(): Language {
  return language
}

export type { TextKey }
export * from "./format"
