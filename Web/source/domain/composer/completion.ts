/** What is being completed at the caret of a text. */
export interface CompletionQuery {
  readonly kind: "person" | "channel" | "emoji" | "command"
  /** Where the part begins that a choice replaces, its mark included. */
  readonly start: number
  readonly end: number
  /** What stands behind the mark. */
  readonly text: string
}

const maximumLength = 40

/** What could be completed where the caret stands; undefined where nothing can. */
export function completionAt(text: string, caret: number): CompletionQuery | undefined {
  if (text.startsWith("/") && !/[\s/]/.test(text.slice(1, caret)) && caret >= 1) return { kind: "command", start: 0, end: caret, text: text.slice(1, caret) }
  const from = Math.max(0, caret - maximumLength)
  for (let at = caret - 1; at >= from; at -= 1) {
    const character = text[at] ?? ""
    if (character === "\n") return undefined
    const kind = character === "@" ? "person" : character === "#" ? "channel" : character === ":" ? "emoji" : undefined
    if (kind === undefined) {
      // Names of people may have a space in them, but not two words further.
      if (/\s/.test(character) && text.slice(at, caret).trim().split(/\s+/).length > 1) return undefined
      continue
    }
    if (/[\p{L}\p{N}_]/u.test(text[at - 1] ?? "")) {
      // A colon within a word, as in "10:30" or "@ana:example.org".
      if (kind === "emoji") continue
      return undefined
    }
    const query = text.slice(at + 1, caret)
    if (/^\s/.test(query) || (kind !== "person" && /\s/.test(query))) return undefined
    if (kind === "emoji" && (query.length < 2 || !/^[\p{L}\p{N}_+-]+$/u.test(query))) return undefined
    if (isInCode(text, at)) return undefined
    return { kind, start: at, end: caret, text: query }
  }
  return undefined
}

/** Whether a position stands in code: behind an odd number of fences, or of backticks on its line. */
function isInCode(text: string, at: number): boolean {
  const before = text.slice(0, at)
  if ((before.match(/^```/gm) ?? []).length % 2 === 1) return true
  const line = before.slice(before.lastIndexOf("\n") + 1)
  return (line.match(/`/g) ?? []).length % 2 === 1
}

/** How well a name fits what was typed: 0 is best, undefined is not at all. Accents and capitals do not matter. */
export function matchRank(name: string, query: string): number | undefined {
  if (query === "") return 3
  const folded = fold(name)
  const wanted = fold(query)
  if (folded === wanted) return 0
  if (folded.startsWith(wanted)) return 1
  const at = folded.indexOf(wanted)
  if (at === -1) return undefined
  return /[\p{L}\p{N}]/u.test(folded[at - 1] ?? "") ? 3 : 2
}

function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()
}
