import { fold, foldWithPlaces } from "./fold"

/** How well a text answers what was typed. */
export interface Match {
  readonly score: number
  /** Stretches of the text that were typed, as [start, end). */
  readonly ranges: readonly (readonly [number, number])[]
}

const exact = 1000
const start = 600
const wordStart = 400
const inside = 200
/** Longest text that is looked through letter by letter. */
const longest = 200

/**
 * Matches what was typed with a text: the whole, its beginning, the beginning of a word, anywhere in it, or (least) its letters in order.
 * Several words must each be found. Undefined where it does not match; what was typed empty matches everything with score 0.
 */
export function match(typed: string, text: string): Match | undefined {
  const words = fold(typed).split(/\s+/).filter((word) => word !== "")
  if (words.length === 0) return { score: 0, ranges: [] }
  const { folded, place } = foldWithPlaces(text.slice(0, longest))
  const spans: (readonly [number, number])[] = []
  let score = 0
  const whole = words.join(" ")
  if (folded === whole) return { score: exact, ranges: [[0, text.length]] }
  if (words.length > 1 && folded.startsWith(whole)) return { score: start + shortness(whole, folded), ranges: [[0, place(whole.length)]] }
  for (const word of words) {
    const found = wordMatch(word, folded)
    if (found === undefined) return undefined
    score += found.score / words.length
    spans.push(...found.spans)
  }
  return { score: score + shortness(whole, folded), ranges: joined(spans.map(([from, to]) => [place(from), place(to)])) }
}

/** A short text that holds what was typed is nearer to it than a long one. */
function shortness(typed: string, text: string): number {
  return Math.round((50 * typed.length) / Math.max(text.length, 1))
}

function wordMatch(word: string, text: string): { score: number; spans: (readonly [number, number])[] } | undefined {
  if (text.startsWith(word)) return { score: start, spans: [[0, word.length]] }
  let at = text.indexOf(word)
  const first = at
  while (at >= 0) {
    if (isWordStart(text, at)) return { score: wordStart - Math.min(at, 50), spans: [[at, at + word.length]] }
    at = text.indexOf(word, at + 1)
  }
  if (first >= 0) return { score: inside - Math.min(first, 50), spans: [[first, first + word.length]] }
  return word.length < 2 ? undefined : scattered(word, text)
}

function isWordStart(text: string, at: number): boolean {
  return at === 0 || /[\s\-_#@.:/([]/.test(text[at - 1] ?? "")
}

/** The letters in order with gaps, beginnings of words preferred: "gch" finds "general-chat". */
function scattered(word: string, text: string): { score: number; spans: (readonly [number, number])[] } | undefined {
  const spans: (readonly [number, number])[] = []
  let from = 0
  let gaps = 0
  for (let index = 0; index < word.length; index += 1) {
    const letter = word[index] ?? ""
    const next = text.indexOf(letter, from)
    if (next < 0) return undefined
    let chosen = next
    if (next !== from || index === 0) {
      // A later beginning of a word is what was meant more often than the middle of this one, if the rest can still be found.
      for (let at = next; at >= 0 && at < text.length; at = text.indexOf(letter, at + 1)) {
        if (isWordStart(text, at) && holds(word, index + 1, text, at + 1)) {
          chosen = at
          break
        }
      }
    }
    if (index === 0 && !isWordStart(text, chosen)) return undefined
    if (index > 0 && chosen > from) gaps += isWordStart(text, chosen) ? 1 : 3
    spans.push([chosen, chosen + 1])
    from = chosen + 1
  }
  const score = 120 - 8 * gaps
  return score <= 40 ? undefined : { score, spans }
}

function holds(word: string, index: number, text: string, from: number): boolean {
  let at = from
  for (let next = index; next < word.length; next += 1) {
    at = text.indexOf(word[next] ?? "", at)
    if (at < 0) return false
    at += 1
  }
  return true
}

function joined(spans: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  const sorted = [...spans].sort((a, b) => a[0] - b[0])
  const ranges: [number, number][] = []
  for (const [from, to] of sorted) {
    const last = ranges[ranges.length - 1]
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to)
    else ranges.push([from, to])
  }
  return ranges
}

/** Cuts a text at its matches, for showing them: every second part is a match, the first is not. */
export function parts(text: string, ranges: Match["ranges"]): readonly string[] {
  const cut: string[] = []
  let from = 0
  for (const [begin, end] of ranges) {
    cut.push(text.slice(from, begin), text.slice(begin, end))
    from = end
  }
  cut.push(text.slice(from))
  return cut
}
