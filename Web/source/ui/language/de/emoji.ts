import type { emoji as english } from "../en/emoji"

/** Texte des Bereichs `emoji`. */
export const emoji: Record<keyof typeof english, string> = {
}
