import { sasEmoji } from "../../matrix/crypto/verification/sasEmoji"

/** What an emoji of a verification is called in a language; people say it to each other. */
export function emojiName(symbol: string, fallback: string, language: "en" | "de"): string {
  return sasEmoji.find((one) => one.symbol === symbol)?.[language] ?? fallback
}
