import { asObject } from "../base/read"
import type { JSONObject } from "../base/read"
import type { Encryption } from "../contract/encryption"
import type { MediaSource } from "../contract/session"
import type { OutboxRecord } from "../store/records"

/** Uploads the file of an entry, and its thumbnail; gives the content with where they are. Encrypted where `encryption` is given. */
export async function uploadFiles(record: OutboxRecord, options: {
  media: MediaSource
  encryption: Encryption | undefined
  signal: AbortSignal
  onProgress(fraction: number): void
}): Promise<JSONObject> {
  const { file, thumbnail } = record
  if (file === undefined) return record.content
  const info: JSONObject = { ...asObject(record.content["info"]), size: file.size, mimetype: record.mimeType ?? file.type }
  const content: JSONObject = { ...record.content, info }
  const small = thumbnail?.size ?? 0
  const whole = file.size + small
  const name = record.fileName ?? "file"
  if (thumbnail !== undefined) {
    const place = await upload(thumbnail, `thumbnail-${name}`, options, (fraction) => options.onProgress((fraction * small) / whole))
    info["thumbnail_info"] = { ...record.thumbnailInfo, size: thumbnail.size, mimetype: thumbnail.type }
    if (place.file === undefined) info["thumbnail_url"] = place.url
    else info["thumbnail_file"] = place.file
  }
  const place = await upload(file, name, options, (fraction) => options.onProgress((small + fraction * file.size) / whole))
  if (place.file === undefined) content["url"] = place.url
  else content["file"] = place.file
  return content
}

async function upload(
  blob: Blob, name: string, options: { media: MediaSource; encryption: Encryption | undefined; signal: AbortSignal }, onProgress: (fraction: number) => void,
): Promise<{ url: string; file: JSONObject | undefined }> {
  if (options.encryption === undefined) return { url: await options.media.upload(blob, name, onProgress, options.signal), file: undefined }
  const encrypted = await options.encryption.encryptFile(blob)
  // Neither name nor type of what is encrypted is told.
  const url = await options.media.upload(new Blob([encrypted.blob], { type: "application/octet-stream" }), "", onProgress, options.signal)
  return { url, file: { ...encrypted.file, url } }
}
