import { asArray, asObject, asString, asStrings, type JSONObject } from "../../matrix/base/read"

/** A named group of channels in a community's list. */
export interface Category {
  readonly id: string
  readonly name: string
  readonly channels: readonly string[]
}

const limits = { categories: 100, channels: 2000 }

/** Reads `chat.martlet.categories`: each channel is in at most one category. */
export function readCategories(content: JSONObject | undefined): readonly Category[] {
  const taken = new Set<string>()
  const seen = new Set<string>()
  return asArray(content?.categories).slice(0, limits.categories).flatMap((value) => {
    const entry = asObject(value)
    const id = asString(entry?.id)
    if (entry === undefined || id === undefined || id === "" || seen.has(id)) return []
    seen.add(id)
    const channels = asStrings(entry.channels).slice(0, limits.channels).filter((channel) => !taken.has(channel))
    channels.forEach((channel) => taken.add(channel))
    return [{ id, name: asString(entry.name)?.trim() || id, channels }]
  })
}

/** The content that says this. */
export function writeCategories(categories: readonly Category[]): JSONObject {
  return { categories: categories.map((category) => ({ id: category.id, name: category.name, channels: [...category.channels] })) }
}

/** The categories with a channel moved: into `category` (undefined: into none) before `before`, or to its end. */
export function withChannel(categories: readonly Category[], channel: string, category: string | undefined, before?: string): readonly Category[] {
  return categories.map((entry) => {
    const rest = entry.channels.filter((one) => one !== channel)
    if (entry.id !== category) return rest.length === entry.channels.length ? entry : { ...entry, channels: rest }
    const at = before === undefined ? -1 : rest.indexOf(before)
    return { ...entry, channels: at < 0 ? [...rest, channel] : [...rest.slice(0, at), channel, ...rest.slice(at)] }
  })
}

/** The categories with one moved before another, or to the end. */
export function withCategoryMoved(categories: readonly Category[], id: string, before: string | undefined): readonly Category[] {
  const moved = categories.find((category) => category.id === id)
  if (moved === undefined || id === before) return categories
  const rest = categories.filter((category) => category.id !== id)
  const at = before === undefined ? -1 : rest.findIndex((category) => category.id === before)
  return at < 0 ? [...rest, moved] : [...rest.slice(0, at), moved, ...rest.slice(at)]
}

/** The `order` of the child at this place for `m.space.child`, so that other clients list channels as we do. */
export function orderAt(index: number): string {
  return (index + 1).toString(36).padStart(4, "0")
}
