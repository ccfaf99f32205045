import { asObject, asString, asStrings, type JSONObject } from "../../matrix/base/read"

/** What an image of a pack can be used as. */
export type Usage = "emoticon" | "sticker"

/** One picture of a pack. */
export interface PackImage {
  readonly shortcode: string
  readonly url: string
  /** What it shows, for those who do not see it. */
  readonly body: string
  readonly info: JSONObject
  readonly usage: readonly Usage[]
  readonly pack: PackSource
}

/** Where a pack is kept. */
export interface PackSource {
  /** The room, or undefined for the pack of this account. */
  readonly room: string | undefined
  readonly stateKey: string
}

/** A named collection of emoticons and stickers (spec, "Image packs"). */
export interface ImagePack {
  readonly source: PackSource
  readonly name: string
  readonly avatar: string | undefined
  readonly usage: readonly Usage[]
  readonly attribution: string | undefined
  readonly images: readonly PackImage[]
  /** Members that we do not know; kept when the pack is written again. */
  readonly rest: { readonly content: JSONObject; readonly pack: JSONObject }
}

/** Event types of room packs: the specification's, and the one that clients used before. */
export const roomPackTypes = ["m.room.image_pack", "im.ponies.room_emotes"] as const
/** Account data that names the room packs to use everywhere. */
export const enabledPackTypes = ["m.image_pack.rooms", "im.ponies.emote_rooms"] as const
/** Account data that holds a pack of the account's own; the specification has none of the kind. */
export const userPackType = "im.ponies.user_emotes"

const shortcodePattern = /^[A-Za-z0-9_-]{1,100}$/
const limits = { images: 3000 }

/** Whether a shortcode obeys the grammar. */
export function isShortcode(text: string): boolean {
  return shortcodePattern.test(text)
}

/** A shortcode made of a file's name or of any text: what the grammar does not know becomes "_". */
export function shortcodeFrom(text: string): string {
  const plain = text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replace(/\.[A-Za-z0-9]{1,5}$/, "")
  const made = plain.replace(/[^A-Za-z0-9_-]+/g, "_").replace(/_{2,}/g, "_").replace(/^_+|_+$/g, "")
  return made.slice(0, 100) || "emoji"
}

/** A shortcode that is not taken yet: with "2", "3" … behind it where it is. */
export function freeShortcode(wanted: string, taken: ReadonlySet<string>): string {
  const base = shortcodeFrom(wanted)
  if (!taken.has(base)) return base
  for (let number = 2; ; number += 1) {
    const next = `${base.slice(0, 96)}${number}`
    if (!taken.has(next)) return next
  }
}

/** Reads a pack of either form; undefined where the content is none, or was emptied. `name` is what stands in where it has none. */
export function readPack(content: JSONObject | undefined, source: PackSource, name: string, avatar?: string): ImagePack | undefined {
  const images = asObject(content?.images)
  if (content === undefined || images === undefined) return undefined
  const meta = asObject(content.pack) ?? {}
  const packUsage = readUsage(meta.usage)
  const list: PackImage[] = []
  for (const shortcode of Object.keys(images).slice(0, limits.images)) {
    const image = asObject(images[shortcode])
    const url = asString(image?.url)
    // Malformed shortcodes are shown all the same, so that people find and mend them.
    if (image === undefined || url === undefined || !/^mxc:\/\/[^/\s]+\/[A-Za-z0-9_-]+$/.test(url) || shortcode === "") continue
    const own = asStrings(image.usage)
    list.push({
      shortcode, url, body: asString(image.body) ?? shortcode, info: asObject(image.info) ?? {}, usage: own.length > 0 ? readUsage(image.usage) : packUsage, pack: source,
    })
  }
  return {
    source, name: asString(meta.display_name)?.trim() || name, avatar: asString(meta.avatar_url) ?? avatar, usage: packUsage, attribution: asString(meta.attribution),
    images: list, rest: { content: without(content, ["images", "pack"]), pack: without(meta, ["display_name", "avatar_url", "usage", "attribution"]) },
  }
}

/** The content of `m.room.image_pack`, or of the older types: they are the same but for `usage` of single images, which only the older has. */
export function writePack(pack: ImagePack, form: "stable" | "legacy"): JSONObject {
  const images: JSONObject = {}
  for (const image of pack.images) {
    const differs = form === "legacy" && image.usage.join() !== pack.usage.join()
    images[image.shortcode] = {
      url: image.url, ...(image.body === image.shortcode ? {} : { body: image.body }), ...(Object.keys(image.info).length === 0 ? {} : { info: image.info }),
      ...(differs ? { usage: [...image.usage] } : {}),
    }
  }
  return {
    ...pack.rest.content, images,
    pack: {
      ...pack.rest.pack, display_name: pack.name, ...(pack.avatar === undefined ? {} : { avatar_url: pack.avatar }),
      // Both usages are what an absent member says.
      ...(pack.usage.length === 1 ? { usage: [...pack.usage] } : {}), ...(pack.attribution === undefined || pack.attribution === "" ? {} : { attribution: pack.attribution }),
    },
  }
}

function readUsage(value: unknown): readonly Usage[] {
  const known = asStrings(value).filter((one): one is Usage => one === "emoticon" || one === "sticker")
  return known.length === 0 ? ["emoticon", "sticker"] : [...new Set(known)].sort()
}

function without(object: JSONObject, names: readonly string[]): JSONObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)))
}

/** Room packs named in `m.image_pack.rooms` and its older form, each once. */
export function readEnabledPacks(contents: readonly (JSONObject | undefined)[]): PackSource[] {
  const found = new Map<string, PackSource>()
  for (const content of contents) {
    const rooms = asObject(content?.rooms)
    if (rooms === undefined) continue
    for (const room of Object.keys(rooms)) {
      for (const stateKey of Object.keys(asObject(rooms[room]) ?? {})) found.set(JSON.stringify([room, stateKey]), { room, stateKey })
    }
  }
  return [...found.values()]
}

/** The account data with a pack switched on or off; what else stands in it is kept. */
export function withEnabledPack(content: JSONObject | undefined, source: PackSource, isEnabled: boolean): JSONObject {
  const rooms: JSONObject = { ...asObject(content?.rooms) }
  if (source.room === undefined) return { ...content, rooms }
  const keys: JSONObject = { ...asObject(rooms[source.room]) }
  if (isEnabled) keys[source.stateKey] = asObject(keys[source.stateKey]) ?? {}
  else delete keys[source.stateKey]
  if (Object.keys(keys).length === 0) delete rooms[source.room]
  else rooms[source.room] = keys
  return { ...content, rooms }
}
