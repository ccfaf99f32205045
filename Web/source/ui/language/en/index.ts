import { accounts } from "./accounts"
import { app } from "./app"
import { chat } from "./chat"
import { common } from "./common"
import { communities } from "./communities"
import { emoji } from "./emoji"
import { settings } from "./settings"
import { shell } from "./shell"

/** All texts in English. */
export const en = { ...accounts, ...app, ...chat, ...common, ...communities, ...emoji, ...settings, ...shell }

/** The name of a text. */
export type TextKey = keyof typeof en
