import type { chat as english } from "../en/chat"

/** Texte des Bereichs `chat`. */
export const chat: Record<keyof typeof english, string> = {
}
