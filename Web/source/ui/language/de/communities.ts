import type { communities as english } from "../en/communities"

/** Texte des Bereichs `communities`. */
export const communities: Record<keyof typeof english, string> = {
}
