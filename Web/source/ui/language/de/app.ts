import type { app as english } from "../en/app"

/** Texte des Bereichs `app`. */
export const app: Record<keyof typeof english, string> = {
}
