import { asArray, asObject, asString } from "../../matrix/base/read"

/** One emoji of Unicode. */
export interface Emoji {
  readonly characters: string
  readonly name: string
  /** For searching, lower case. */
  readonly keywords: string
  /** The forms in the five tones of skin, light to dark; empty where there are none. */
  readonly tones: readonly string[]
  readonly shortcode: string
}

export interface EmojiGroup {
  /** Unicode's name of the group, such as "Smileys & Emotion". */
  readonly name: string
  readonly emoji: readonly Emoji[]
}

/** All emoji of Unicode in a language, as Web/data/emoji.py writes them. */
export class EmojiTable {
  readonly groups: readonly EmojiGroup[]
  private readonly byCharacters = new Map<string, Emoji>()
  private readonly searchable: readonly { readonly emoji: Emoji; readonly text: string }[]

  constructor(data: unknown) {
    const groups: EmojiGroup[] = []
    for (const group of asArray(asObject(data)?.groups)) {
      const rows = asArray(asObject(group)?.emoji).map(asArray)
      const emoji = rows.flatMap((row) => {
        const [characters, name, keywords] = [asString(row[0]), asString(row[1]), asString(row[2])]
        if (characters === undefined || name === undefined) return []
        const tones = asArray(row[3]).filter((tone): tone is string => typeof tone === "string")
        return [{ characters, name, keywords: (keywords ?? "").toLowerCase(), tones, shortcode: shortcodeOf(name) }]
      })
      groups.push({ name: asString(asObject(group)?.name) ?? "", emoji })
    }
    this.groups = groups
    for (const group of groups) {
      for (const emoji of group.emoji) {
        this.byCharacters.set(plain(emoji.characters), emoji)
        for (const tone of emoji.tones) this.byCharacters.set(plain(tone), emoji)
      }
    }
    this.searchable = groups.flatMap((group) => group.emoji.map((emoji) => ({ emoji, text: ` ${emoji.name.toLowerCase()} ${emoji.shortcode} ${emoji.keywords}` })))
  }

  /** The emoji that these characters are, in any tone and with or without variation selector. */
  find(characters: string): Emoji | undefined {
    return this.byCharacters.get(plain(characters))
  }

  /** Emoji for what somebody types: those whose name begins so, then words that begin so, then any that contain it. */
  search(text: string, limit = 60): readonly Emoji[] {
    const words = text.toLowerCase().replace(/_/g, " ").split(/\s+/).filter((word) => word !== "")
    const first = words[0]
    if (first === undefined) return []
    const ranked: { emoji: Emoji; rank: number; order: number }[] = []
    this.searchable.forEach(({ emoji, text: all }, order) => {
      let rank = 0
      for (const word of words) {
        const at = all.indexOf(word)
        if (at < 0) return
        rank += all.startsWith(` ${word}`) ? 0 : all.includes(` ${word}`) ? 1 : 2
      }
      if (emoji.shortcode === words.join("_")) rank = -1
      ranked.push({ emoji, rank, order })
    })
    ranked.sort((a, b) => a.rank - b.rank || a.order - b.order)
    return ranked.slice(0, limit).map((entry) => entry.emoji)
  }
}

function plain(characters: string): string {
  return characters.replace(/\ufe0f/g, "")
}

function shortcodeOf(name: string): string {
  return name.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replace(/ß/g, "ss").replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "")
}

/** The emoji in a tone of skin, 0 for none and 1…5 from light to dark. */
export function inTone(emoji: Emoji, tone: number): string {
  return emoji.tones[tone - 1] ?? emoji.characters
}

/** Whether a text is nothing but emoji and spaces, at most `limit` of them: such messages are shown large. */
export function isOnlyEmoji(text: string, limit = 30): boolean {
  const trimmed = text.replace(/\s+/g, "")
  if (trimmed === "" || trimmed.length > limit * 14) return false
  const matches = trimmed.match(emojiPattern)
  return matches !== null && matches.length <= limit && matches.join("") === trimmed
}

const emojiPattern = /(?:\p{Regional_Indicator}{2}|[0-9#*]\ufe0f?\u20e3|\p{Emoji}\ufe0f?(?:[\u{1F3FB}-\u{1F3FF}])?(?:[\u{E0020}-\u{E007F}]+)?(?:\u200d\p{Emoji}\ufe0f?(?:[\u{1F3FB}-\u{1F3FF}])?)*)(?<![0-9#*])/gu
