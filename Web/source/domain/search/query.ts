/** A filter as it is typed before or after the words: `from:ana in:#general before:2026-05-01 has:image`. */
export type SearchFilter =
  | { readonly kind: "from" | "in"; readonly value: string }
  /** `value` is a day, 2026-05-01. */
  | { readonly kind: "before" | "after"; readonly value: string }
  | { readonly kind: "has"; readonly value: "file" | "image" | "link" }

export type FilterKind = SearchFilter["kind"]
export const filterKinds: readonly FilterKind[] = ["from", "in", "before", "after", "has"]
export const hasValues = ["file", "image", "link"] as const

export interface ParsedSearch {
  readonly text: string
  readonly filters: readonly SearchFilter[]
  /** A filter that was begun at the end of the text and waits for its value. */
  readonly pending: { readonly kind: FilterKind; readonly value: string } | undefined
}

/** Splits what was typed into filters and words. A filter counts once a space or the end follows it; values with spaces are quoted. */
export function parseSearch(typed: string): ParsedSearch {
  const filters: SearchFilter[] = []
  let pending: ParsedSearch["pending"]
  const text = typed.replace(/(^|\s)(from|in|before|after|has):(?:"([^"]*)"|(\S*))(?=(\s)|$)/gi, (whole, before: string, word: string, quoted: string | undefined, plain: string | undefined, space: string | undefined) => {
    const kind = word.toLowerCase() as FilterKind
    const value = quoted ?? plain ?? ""
    const filter = searchFilter(kind, value)
    const isFinished = space !== undefined || quoted !== undefined
    if (filter !== undefined && isFinished) filters.push(filter)
    else if (!isFinished) pending = { kind, value }
    else return whole
    return before
  })
  return { text: text.replace(/\s+/g, " ").trim(), filters, pending }
}

/** A filter where its value makes sense. */
export function searchFilter(kind: FilterKind, value: string): SearchFilter | undefined {
  if (value === "") return undefined
  switch (kind) {
    case "from":
    case "in":
      return { kind, value }
    case "before":
    case "after":
      return dayStart(value) === undefined ? undefined : { kind, value }
    case "has": {
      const found = hasValues.find((one) => one === value.toLowerCase())
      return found === undefined ? undefined : { kind, value: found }
    }
  }
}

/** Milliseconds at which a day begins where this machine is; undefined where there is no such day. */
export function dayStart(day: string): number | undefined {
  const parts = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(day)
  if (parts === null) return undefined
  const [year, month, date] = [Number(parts[1]), Number(parts[2]), Number(parts[3])]
  const time = new Date(year, month - 1, date)
  return time.getMonth() === month - 1 && time.getDate() === date ? time.getTime() : undefined
}

/** Milliseconds at which a day has ended. */
export function dayEnd(day: string): number | undefined {
  const start = dayStart(day)
  if (start === undefined) return undefined
  const time = new Date(start)
  return new Date(time.getFullYear(), time.getMonth(), time.getDate() + 1).getTime()
}
