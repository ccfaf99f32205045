import type { TextKey } from "../en"
import { accounts } from "./accounts"
import { app } from "./app"
import { chat } from "./chat"
import { common } from "./common"
import { communities } from "./communities"
import { emoji } from "./emoji"
import { settings } from "./settings"
import { shell } from "./shell"


/** Alle Texte auf Deutsch. */
export const de: Record<TextKey, string> = { ...accounts, ...app, ...chat, ...common, ...communities, ...emoji, ...settings, ...shell }
