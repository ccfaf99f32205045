import type { settings as english } from "../en/settings"

/** Texte des Bereichs `settings`. */
export const settings: Record<keyof typeof english, string> = {
}
