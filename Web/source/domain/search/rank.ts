import { match, type Match } from "./match"

/** Something that the quick switcher can find. */
export interface Candidate {
  readonly key: string
  readonly text: string
  /** Further texts that find it, such as an alias or the server's name; worth a little less. */
  readonly otherTexts: readonly string[]
  /** Added to the score: unread, recent, of the kind that was asked for. */
  readonly bonus: number
}

export interface Ranked<C extends Candidate> {
  readonly candidate: C
  readonly match: Match
}

/** Where it was found by another text than its own, this much of the score is left. */
const otherWorth = 0.6

/** The best `limit` candidates for what was typed; with nothing typed those with the greatest bonus. */
export function rank<C extends Candidate>(typed: string, candidates: readonly C[], limit: number): readonly Ranked<C>[] {
  const found: (Ranked<C> & { readonly total: number })[] = []
  for (const candidate of candidates) {
    let best = match(typed, candidate.text)
    for (const text of candidate.otherTexts) {
      const other = match(typed, text)
      if (other !== undefined && other.score * otherWorth > (best?.score ?? -1)) best = { score: other.score * otherWorth, ranges: [] }
    }
    if (best !== undefined) found.push({ candidate, match: best, total: best.score + candidate.bonus })
  }
  found.sort((a, b) => b.total - a.total || (a.candidate.text < b.candidate.text ? -1 : a.candidate.text > b.candidate.text ? 1 : 0))
  return found.slice(0, limit)
}
