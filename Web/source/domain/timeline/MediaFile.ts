import { asNumber, asObject, asString, type JSONObject } from "../../matrix/base/read"
import type { MXC } from "../../matrix/contract/events"
import type { EncryptedFile } from "../../matrix/contract/session"

/** A file of a message as it says of itself; nothing of it is proven. */
export interface MediaFile {
  readonly source: MXC | EncryptedFile
  readonly name: string
  readonly mimeType: string | undefined
  /** Bytes. */
  readonly size: number | undefined
  readonly width: number | undefined
  readonly height: number | undefined
  readonly durationMilliseconds: number | undefined
  readonly blurhash: string | undefined
  readonly thumbnail: { readonly source: MXC | EncryptedFile; readonly mimeType: string | undefined } | undefined
  readonly isSpoiler: boolean
}

const maximumSide = 65_535

/** Reads the file of a message or of an item of a gallery; undefined where there is none. */
export function readMediaFile(content: JSONObject): MediaFile | undefined {
  const source = readSource(content["url"], content["file"])
  if (source === undefined) return undefined
  const info = asObject(content["info"]) ?? {}
  const thumbnail = readSource(info["thumbnail_url"], info["thumbnail_file"])
  return {
    source,
    name: (asString(content["filename"]) ?? asString(content["body"]) ?? "").slice(0, 500),
    mimeType: asString(info["mimetype"])?.toLowerCase(),
    size: positive(info["size"], Number.MAX_SAFE_INTEGER),
    width: positive(info["w"], maximumSide),
    height: positive(info["h"], maximumSide),
    durationMilliseconds: positive(info["duration"] ?? asObject(content["org.matrix.msc1767.audio"])?.["duration"], 1e10),
    blurhash: asString(info["xyz.amorgan.blurhash"]) ?? asString(info["blurhash"]),
    thumbnail: thumbnail === undefined ? undefined : { source: thumbnail, mimeType: asString(asObject(info["thumbnail_info"])?.["mimetype"]) },
    isSpoiler: content["page.codeberg.everypizza.msc4193.spoiler"] === true || content["m.spoiler"] === true,
  }
}

/** What is said beside a file: `body` where it is not its name. */
export function captionOf(content: JSONObject): { readonly body: string; readonly html: string | undefined } | undefined {
  const filename = asString(content["filename"])
  const body = asString(content["body"])
  if (filename === undefined || body === undefined || body === "" || body === filename) return undefined
  return { body, html: htmlOf(content) }
}

/** `formatted_body`, where the format is one that is known. */
export function htmlOf(content: JSONObject): string | undefined {
  return content["format"] === "org.matrix.custom.html" ? asString(content["formatted_body"]) : undefined
}

function readSource(url: unknown, file: unknown): MXC | EncryptedFile | undefined {
  const encrypted = readEncryptedFile(file)
  if (encrypted !== undefined) return encrypted
  const plain = asString(url)
  return plain !== undefined && isMXC(plain) ? plain : undefined
}

/** Reads the description of an encrypted file. */
export function readEncryptedFile(value: unknown): EncryptedFile | undefined {
  const file = asObject(value)
  const url = asString(file?.["url"])
  const key = asObject(file?.["key"])
  const iv = asString(file?.["iv"])
  if (file === undefined || url === undefined || !isMXC(url) || key === undefined || iv === undefined) return undefined
  const hashes: Record<string, string> = {}
  for (const [algorithm, hash] of Object.entries(asObject(file["hashes"]) ?? {})) if (typeof hash === "string") hashes[algorithm] = hash
  return { url, key, iv, hashes, v: asString(file["v"]) ?? "v2" }
}

/** Whether a text is the address of a file on a Matrix server. */
export function isMXC(url: string): boolean {
  return /^mxc:\/\/[a-zA-Z0-9.:[\]-]{1,255}\/[A-Za-z0-9_-]{1,255}$/.test(url)
}

function positive(value: unknown, most: number): number | undefined {
  const number = asNumber(value)
  return number !== undefined && number > 0 && number <= most ? number : undefined
}
