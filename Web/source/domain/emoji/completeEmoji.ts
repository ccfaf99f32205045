import type { ImagePack, PackImage } from "../packs/ImagePack"
import { inTone, type Emoji, type EmojiTable } from "./EmojiTable"

/** What somebody can choose: an emoji of Unicode, in the tone they prefer, or a picture of a pack. */
export type EmojiChoice =
  | { readonly kind: "unicode"; readonly characters: string; readonly name: string; readonly shortcode: string }
  | { readonly kind: "image"; readonly image: PackImage; readonly packName: string }

/** A choice of Unicode in a tone of skin. */
export function unicodeChoice(emoji: Emoji, tone: number): EmojiChoice {
  return { kind: "unicode", characters: inTone(emoji, tone), name: emoji.name, shortcode: emoji.shortcode }
}

/** Pictures of the packs that can be used as `usage`, whose shortcode or description fits; those that begin so come first. */
export function searchImages(packs: readonly ImagePack[], text: string, usage: "emoticon" | "sticker", limit = 200): readonly EmojiChoice[] {
  const wanted = text.trim().toLowerCase()
  const found: { choice: EmojiChoice; rank: number; order: number }[] = []
  let order = 0
  for (const pack of packs) {
    for (const image of pack.images) {
      if (!image.usage.includes(usage)) continue
      order += 1
      const rank = rankOf(image, wanted)
      if (rank !== undefined) found.push({ choice: { kind: "image", image, packName: pack.name }, rank, order })
    }
  }
  found.sort((a, b) => a.rank - b.rank || a.order - b.order)
  return found.slice(0, limit).map((entry) => entry.choice)
}

function rankOf(image: PackImage, wanted: string): number | undefined {
  if (wanted === "") return 0
  const code = image.shortcode.toLowerCase()
  if (code === wanted) return -1
  if (code.startsWith(wanted)) return 0
  // The beginning of a word in it: "wave" finds cat_wave.
  if (code.split(/[-_]/).some((word) => word.startsWith(wanted))) return 1
  if (code.includes(wanted) || image.body.toLowerCase().includes(wanted)) return 2
  return undefined
}

/** What completes `:text`: pictures and emoji mixed, the ones used lately before the others of their rank. */
export function completeEmoji(
  text: string, sources: { table: EmojiTable | undefined; packs: readonly ImagePack[]; recent: readonly string[]; tone: number }, limit = 12,
): readonly EmojiChoice[] {
  const wanted = text.toLowerCase()
  if (wanted.trim() === "") return []
  const recent = new Map(sources.recent.map((emoji, index) => [emoji, index]))
  const images = searchImages(sources.packs, wanted, "emoticon", limit)
  const emoji = (sources.table?.search(wanted, limit) ?? []).map((one) => unicodeChoice(one, sources.tone))
  const ranked = [...images, ...emoji].map((choice, order) => {
    const key = choice.kind === "image" ? choice.image.url : choice.characters
    const code = (choice.kind === "image" ? choice.image.shortcode : choice.shortcode).toLowerCase()
    const nearness = code === wanted ? 0 : code.startsWith(wanted) ? 1 : 2
    return { choice, nearness, used: recent.get(key) ?? Infinity, order }
  })
  ranked.sort((a, b) => a.nearness - b.nearness || compare(a.used, b.used) || a.order - b.order)
  return ranked.slice(0, limit).map((entry) => entry.choice)
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1
}
