import { foldWithPlaces, fold } from "./fold"

/** Where words stand in a text, as [start, end), for showing what was found. Words match at the beginning of a word. */
export function occurrences(text: string, words: readonly string[]): readonly (readonly [number, number])[] {
  const { folded, place } = foldWithPlaces(text)
  const spans: [number, number][] = []
  for (const word of new Set(words.map(fold))) {
    if (word === "") continue
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + word.length)) {
      if (at > 0 && /[\p{L}\p{N}]/u.test(folded[at - 1] ?? "")) continue
      spans.push([place(at), place(at + word.length)])
    }
  }
  spans.sort((a, b) => a[0] - b[0])
  const ranges: [number, number][] = []
  for (const [from, to] of spans) {
    const last = ranges[ranges.length - 1]
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to)
    else ranges.push([from, to])
  }
  return ranges
}

/** The stretch of a long text around its first match, cut at spaces; ranges are of the stretch. */
export function excerpt(text: string, ranges: readonly (readonly [number, number])[], length = 240): { readonly text: string; readonly ranges: readonly (readonly [number, number])[] } {
  if (text.length <= length) return { text, ranges }
  const first = ranges[0]?.[0] ?? 0
  let from = Math.max(0, Math.min(first - Math.floor(length / 3), text.length - length))
  if (from > 0) {
    const space = text.indexOf(" ", from)
    if (space >= 0 && space < first) from = space + 1
  }
  const to = Math.min(text.length, from + length)
  const head = from > 0 ? "…" : ""
  const shift = head.length - from
  return {
    text: head + text.slice(from, to) + (to < text.length ? "…" : ""),
    ranges: ranges.filter(([begin, end]) => begin >= from && end <= to).map(([begin, end]) => [begin + shift, end + shift] as const),
  }
}
