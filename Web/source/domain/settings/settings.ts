import { asArray, asBoolean, asNumber, asObject, asString } from "../../matrix/base/read"

/** Hours in which nothing is shown or heard. Minutes since midnight; `from` after `to` goes over midnight. Days 0 (Sunday) to 6 on which they begin. */
export interface QuietHours {
  readonly isOn: boolean
  readonly from: number
  readonly to: number
  readonly days: readonly number[]
}

export const themes = ["system", "light", "dark", "contrast"] as const
export const accents = ["swift", "sea", "moss", "gold", "madder", "mulberry", "plum", "slate"] as const
export const fontScales = { smallest: 0.8, usual: 1, largest: 1.5, step: 0.05 }

/** All settings of the client. Which follow the account and which stay on the device stands in `definitions`. */
export interface SettingValues {
  // Of the device.
  readonly theme: typeof themes[number]
  readonly accent: typeof accents[number]
  readonly density: "cosy" | "compact"
  /** Times the ordinary size of text. */
  readonly fontScale: number
  readonly motion: "system" | "reduced"
  readonly language: "system" | "en" | "de"
  readonly underlinesLinks: boolean
  readonly desktopNotifications: boolean
  readonly sounds: boolean
  /** How much a desktop notification tells. */
  readonly notificationPreview: "full" | "sender" | "none"

  // Of the account.
  readonly clock: "system" | "12" | "24"
  readonly doNotDisturb: boolean
  readonly quietHours: QuietHours
  /** Whether lists show how many messages are unread, or only that there are some. Mentions are always counted. */
  readonly unreadStyle: "count" | "dot"
  /** What sends a message; the other of the two begins a new line. */
  readonly sendWith: "enter" | "mod-enter"
  readonly linkPreviews: boolean
  /** The server learns which links are in them. */
  readonly linkPreviewsInEncrypted: boolean
  readonly autoplay: boolean
  readonly readReceipts: "public" | "private"
  readonly typingNotices: boolean
  /** Who joined, left, was invited. */
  readonly showsMembership: boolean
  /** Who changed their name or picture. */
  readonly showsProfileChanges: boolean
  readonly largeEmoji: boolean
  readonly sharesPresence: boolean
}

export type SettingKey = keyof SettingValues

interface Definition<T> {
  readonly place: "device" | "account"
  readonly usual: T
  /** Undefined where it is not a value of this setting. */
  readonly read: (value: unknown) => T | undefined
}

const flag = (place: "device" | "account", usual: boolean): Definition<boolean> => ({ place, usual, read: asBoolean })
const choice = <T extends string>(place: "device" | "account", usual: T, values: readonly T[]): Definition<T> =>
  ({ place, usual, read: (value) => values.find((one) => one === value) })

export const definitions: { readonly [K in SettingKey]: Definition<SettingValues[K]> } = {
  theme: choice("device", "system", themes),
  accent: choice("device", "swift", accents),
  density: choice<"cosy" | "compact">("device", "cosy", ["cosy", "compact"]),
  fontScale: {
    place: "device", usual: fontScales.usual,
    read: (value) => {
      const scale = asNumber(value)
      return scale === undefined ? undefined : Math.max(fontScales.smallest, Math.min(fontScales.largest, scale))
    },
  },
  motion: choice<"system" | "reduced">("device", "system", ["system", "reduced"]),
  language: choice<"system" | "en" | "de">("device", "system", ["system", "en", "de"]),
  underlinesLinks: flag("device", true),
  desktopNotifications: flag("device", true),
  sounds: flag("device", true),
  notificationPreview: choice<"full" | "sender" | "none">("device", "full", ["full", "sender", "none"]),

  clock: choice<"system" | "12" | "24">("account", "system", ["system", "12", "24"]),
  doNotDisturb: flag("account", false),
  quietHours: { place: "account", usual: { isOn: false, from: 22 * 60, to: 7 * 60, days: [0, 1, 2, 3, 4, 5, 6] }, read: readQuietHours },
  unreadStyle: choice<"count" | "dot">("account", "dot", ["count", "dot"]),
  sendWith: choice<"enter" | "mod-enter">("account", "enter", ["enter", "mod-enter"]),
  linkPreviews: flag("account", true),
  linkPreviewsInEncrypted: flag("account", false),
  autoplay: flag("account", true),
  readReceipts: choice<"public" | "private">("account", "public", ["public", "private"]),
  typingNotices: flag("account", true),
  showsMembership: flag("account", true),
  showsProfileChanges: flag("account", false),
  largeEmoji: flag("account", true),
  sharesPresence: flag("account", true),
}

function readQuietHours(value: unknown): QuietHours | undefined {
  const object = asObject(value)
  const minutes = (one: unknown) => {
    const number = asNumber(one)
    return number === undefined || !Number.isInteger(number) || number < 0 || number >= 24 * 60 ? undefined : number
  }
  const from = minutes(object?.from)
  const to = minutes(object?.to)
  if (object === undefined || from === undefined || to === undefined) return undefined
  const days = asArray(object.days).filter((day): day is number => typeof day === "number" && Number.isInteger(day) && day >= 0 && day <= 6)
  return { isOn: asBoolean(object.isOn) ?? false, from, to, days: [...new Set(days)].sort() }
}

/** Old and unknown values become the usual ones. */
export function readSetting<K extends SettingKey>(key: K, value: unknown): SettingValues[K] {
  const definition = definitions[key]
  return definition.read(value) ?? definition.usual
}

/** A name of a setting, or undefined. */
export function asSettingKey(value: unknown): SettingKey | undefined {
  const key = asString(value)
  return key !== undefined && Object.prototype.hasOwnProperty.call(definitions, key) ? (key as SettingKey) : undefined
}
