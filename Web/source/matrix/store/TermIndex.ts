import { searchTokens } from "./searchTokens"

/** Which documents hold which words, in memory; words are found by their beginnings. */
export class TermIndex {
  private readonly documents = new Map<string, Set<string>>()
  /** All words in order, made anew after words were added. */
  private sorted: string[] | undefined

  add(id: string, text: string) {
    for (const term of searchTokens(text)) {
      let set = this.documents.get(term)
      if (set === undefined) {
        this.documents.set(term, (set = new Set()))
        this.sorted = undefined
      }
      set.add(id)
    }
  }

  remove(id: string, text: string) {
    for (const term of searchTokens(text)) this.documents.get(term)?.delete(id)
  }

  /** Documents that hold a word with each beginning of the query; how many of the query's words they hold whole. */
  find(query: string): ReadonlyMap<string, number> {
    let found: Map<string, number> | undefined
    for (const prefix of searchTokens(query)) {
      const next = new Map<string, number>()
      for (const term of this.startingWith(prefix)) {
        for (const id of this.documents.get(term) ?? []) {
          const before = found === undefined ? 0 : found.get(id)
          if (before === undefined) continue
          next.set(id, Math.max(next.get(id) ?? 0, before + (term === prefix ? 1 : 0)))
        }
      }
      found = next
      if (found.size === 0) break
    }
    return found ?? new Map()
  }

  private startingWith(prefix: string): readonly string[] {
    const terms = (this.sorted ??= [...this.documents.keys()].sort())
    let low = 0
    let high = terms.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((terms[middle] ?? "") < prefix) low = middle + 1
      else high = middle
    }
    let end = low
    while (end < terms.length && (terms[end] ?? "").startsWith(prefix)) end += 1
    return terms.slice(low, end)
  }
}
