/** Which of the eight tinctures an ID has: the same everywhere, for ever. */
export function tincture(id: string): number {
  let hash = 2166136261
  for (let index = 0; index < id.length; index += 1) hash = Math.imul(hash ^ id.charCodeAt(index), 16777619)
  // The low bits of neighbours are alike: mixed once more.
  hash = Math.imul(hash ^ (hash >>> 15), 2246822507)
  return (hash ^ (hash >>> 13)) >>> 0 & 7
}

/** The colour of a person's name, as a value for `style`. */
export function nameColour(id: string): string {
  return `var(--name-${tincture(id)})`
}

/** One or two letters that stand for a name. */
export function initials(name: string): string {
  const words = name.replace(/^[@#!+]/, "").split(/[\s_.-]+/u).filter((word) => word !== "")
  const first = firstSign(words[0] ?? "")
  if (first === "") return "?"
  // Signs that stand for whole words do not go in pairs.
  if (words.length < 2 || !/^\p{Script=Latin}|^\p{Script=Greek}|^\p{Script=Cyrillic}|^\p{N}/u.test(first)) return first.toUpperCase()
  return (first + firstSign(words[words.length - 1] ?? "")).toUpperCase()
}

function firstSign(word: string): string {
  // A letter with its marks, or a whole emoji with its parts.
  const match = /^(?:\p{Extended_Pictographic}(?:\u{fe0f}|\u{200d}\p{Extended_Pictographic}|\p{Emoji_Modifier})*|\p{RI}\p{RI}|[\p{L}\p{N}]\p{M}*)/u.exec(word.replace(/^[^\p{L}\p{N}\p{Extended_Pictographic}\p{RI}]+/u, ""))
  return match?.[0] ?? ""
}
