/** Text as it is compared: lower case, without accents, in a common form of Unicode. */
export function fold(text: string): string {
  // Plain text needs none of the work; lists of many thousands are filtered at each key.
  if (isPlain(text)) return text.toLowerCase()
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()
}

function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text)
}

/** The folded text, and for a place in it the one in the original that it came from. */
export function foldWithPlaces(text: string): { readonly folded: string; readonly place: (index: number) => number } {
  if (isPlain(text)) return { folded: text.toLowerCase(), place: (index) => index }
  let folded = ""
  const places: number[] = []
  let index = 0
  for (const character of text) {
    const part = fold(character)
    for (let offset = 0; offset < part.length; offset += 1) places.push(index)
    folded += part
    index += character.length
  }
  places.push(text.length)
  return { folded, place: (at) => places[at] ?? text.length }
}
