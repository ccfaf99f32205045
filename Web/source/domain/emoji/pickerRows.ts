import type { ImagePack } from "../packs/ImagePack"
import { searchImages, unicodeChoice, type EmojiChoice } from "./completeEmoji"
import type { EmojiTable } from "./EmojiTable"

/** A part of the picker: what was used lately, a pack, or a group of Unicode. */
export interface PickerSection {
  readonly id: string
  /** A text's name for the groups of Unicode and what was used lately; the pack's own name otherwise. */
  readonly title: { readonly kind: "text"; readonly key: string } | { readonly kind: "name"; readonly name: string }
  /** What stands for it in the row of tabs. */
  readonly icon: string | undefined
  readonly avatar: string | undefined
  readonly choices: readonly EmojiChoice[]
}

/** A row of the picker's grid. */
export type PickerRow =
  | { readonly kind: "title"; readonly section: PickerSection }
  | { readonly kind: "choices"; readonly section: PickerSection; readonly choices: readonly EmojiChoice[] }

const groupIcons: Readonly<Record<string, string>> = {
  "Smileys & Emotion": "😀", "People & Body": "👋", "Animals & Nature": "🌿", "Food & Drink": "🍎", "Travel & Places": "🚲", Activities: "⚽", Objects: "💡", Symbols: "✳️", Flags: "🏳️",
}

/** The sections of the picker of emoji or stickers, empty ones left out. */
export function pickerSections(
  usage: "emoticon" | "sticker", sources: { table: EmojiTable | undefined; packs: readonly ImagePack[]; recent: readonly string[]; tone: number },
): readonly PickerSection[] {
  const sections: PickerSection[] = []
  const byUrl = new Map<string, EmojiChoice>()
  const packSections = sources.packs.flatMap((pack): PickerSection[] => {
    const choices = pack.images.filter((image) => image.usage.includes(usage)).map((image): EmojiChoice => ({ kind: "image", image, packName: pack.name }))
    for (const choice of choices) if (choice.kind === "image") byUrl.set(choice.image.url, choice)
    if (choices.length === 0) return []
    const first = choices[0]
    return [{
      id: `pack:${pack.source.room ?? ""}:${pack.source.stateKey}`, title: { kind: "name", name: pack.name }, icon: undefined,
      avatar: pack.avatar ?? (first?.kind === "image" ? first.image.url : undefined), choices,
    }]
  })
  const recent = sources.recent.flatMap((key): EmojiChoice[] => {
    const image = byUrl.get(key)
    if (image !== undefined) return [image]
    const emoji = usage === "emoticon" ? sources.table?.find(key) : undefined
    return emoji === undefined ? [] : [{ kind: "unicode", characters: key, name: emoji.name, shortcode: emoji.shortcode }]
  })
  if (recent.length > 0) sections.push({ id: "recent", title: { kind: "text", key: "emoji.recent" }, icon: "🕘", avatar: undefined, choices: recent.slice(0, 27) })
  sections.push(...packSections)
  if (usage === "emoticon") {
    for (const group of sources.table?.groups ?? []) {
      sections.push({
        id: `group:${group.name}`, title: { kind: "text", key: groupKey(group.name) }, icon: groupIcons[group.name], avatar: undefined,
        choices: group.emoji.map((emoji) => unicodeChoice(emoji, sources.tone)),
      })
    }
  }
  return sections
}

/** "Smileys & Emotion" → "emoji.group.smileys". */
export function groupKey(name: string): string {
  return `emoji.group.${(/^\w+/.exec(name)?.[0] ?? "").toLowerCase()}`
}

/** What fits a search, as one section: pictures first, they are the community's own. */
export function searchSection(
  usage: "emoticon" | "sticker", text: string, sources: { table: EmojiTable | undefined; packs: readonly ImagePack[]; tone: number },
): PickerSection {
  const images = searchImages(sources.packs, text.replace(/^:|:$/g, ""), usage)
  const emoji = usage === "emoticon" ? (sources.table?.search(text.replace(/^:|:$/g, ""), 120) ?? []).map((one) => unicodeChoice(one, sources.tone)) : []
  return { id: "found", title: { kind: "text", key: "emoji.found" }, icon: undefined, avatar: undefined, choices: [...images, ...emoji] }
}

/** The rows of sections in a grid of so many columns. */
export function pickerRows(sections: readonly PickerSection[], columns: number): readonly PickerRow[] {
  const rows: PickerRow[] = []
  for (const section of sections) {
    rows.push({ kind: "title", section })
    for (let start = 0; start < section.choices.length; start += columns) rows.push({ kind: "choices", section, choices: section.choices.slice(start, start + columns) })
  }
  return rows
}

/** Where an arrow key leads from a cell: rows without choices are stepped over, columns are kept where they exist. */
export function stepInGrid(
  rows: readonly PickerRow[], from: { row: number; column: number }, key: "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight" | "Home" | "End",
): { row: number; column: number } {
  const width = (row: number) => {
    const found = rows[row]
    return found?.kind === "choices" ? found.choices.length : 0
  }
  const next = (row: number, step: 1 | -1): number | undefined => {
    for (let index = row + step; index >= 0 && index < rows.length; index += step) if (width(index) > 0) return index
    return undefined
  }
  switch (key) {
    case "ArrowUp":
    case "ArrowDown": {
      const row = next(from.row, key === "ArrowDown" ? 1 : -1)
      return row === undefined ? from : { row, column: Math.min(from.column, width(row) - 1) }
    }
    case "ArrowLeft":
    case "ArrowRight": {
      const column = from.column + (key === "ArrowRight" ? 1 : -1)
      if (column >= 0 && column < width(from.row)) return { row: from.row, column }
      const row = next(from.row, key === "ArrowRight" ? 1 : -1)
      return row === undefined ? from : { row, column: key === "ArrowRight" ? 0 : width(row) - 1 }
    }
    case "Home":
      return { row: from.row, column: 0 }
    case "End":
      return { row: from.row, column: Math.max(0, width(from.row) - 1) }
  }
}
