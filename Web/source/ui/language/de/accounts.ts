import type { accounts as english } from "../en/accounts"

/** Texte des Bereichs `accounts`. */
export const accounts: Record<keyof typeof english, string> = {
}
