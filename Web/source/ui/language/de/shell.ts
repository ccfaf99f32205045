import type { shell as english } from "../en/shell"

/** Texte des Bereichs `shell`. */
export const shell: Record<keyof typeof english, string> = {
}
