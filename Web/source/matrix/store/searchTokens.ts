const marks = /\p{M}+/gu
const words = /[\p{L}\p{N}]+/gu
// Written without spaces: every sign is a word.
const ideographs = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u

/** The words of a text as they are compared: without case and accents. */
export function searchTokens(text: string): string[] {
  const folded = text.normalize("NFKD").replace(marks, "").toLowerCase()
  const found = new Set<string>()
  for (const match of folded.matchAll(words)) {
    const word = match[0] ?? ""
    if (!ideographs.test(word)) found.add(word)
    else for (const sign of word.normalize("NFC")) found.add(sign)
  }
  return [...found]
}
