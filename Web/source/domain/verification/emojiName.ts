import { sasEmoji } from "../../matrix/crypto/verification/sasEmoji"

const names = new Map(sasEmoji.map((emoji) => [emoji.symbol, emoji]))

/** The name of an emoji of a verification in the language of the interface. */
export function emojiName(symbol: string, language: "en" | "de"): string {
  return names.get(symbol)?.[language] ?? symbol
}
