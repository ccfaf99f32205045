import { encodeBlurhash } from "../../../domain/timeline/blurhash"
import type { JSONObject } from "../../../matrix/base/read"
import type { OutgoingFile } from "../../../matrix/contract/room"

/** A file that waits in the composer. */
export interface Attachment {
  readonly id: string
  readonly file: File
  readonly kind: "image" | "video" | "audio" | "file"
  /** A picture of it for the tray, undefined where there is none. */
  readonly preview: string | undefined
  readonly isSpoiler: boolean
}

let count = 0

/** Takes a file into the tray. */
export function attachmentOf(file: File): Attachment {
  count += 1
  const kind = /^image\/(?!svg)/.test(file.type) ? "image" : file.type.startsWith("video/") ? "video" : file.type.startsWith("audio/") ? "audio" : "file"
  return { id: `file-${count}`, file, kind, preview: kind === "image" || kind === "video" ? URL.createObjectURL(file) : undefined, isSpoiler: false }
}

/** Lets go of what the tray showed. */
export function releaseAttachment(attachment: Attachment) {
  if (attachment.preview !== undefined) URL.revokeObjectURL(attachment.preview)
}

const thumbnailSide = 800
const hashSide = 32
const waitMilliseconds = 8000

/** The file with what can be said of it: size, length, colours, and a small picture for rooms whose server sees nothing. */
export async function outgoingFile(attachment: Attachment, isEncrypted: boolean): Promise<OutgoingFile> {
  const { file, kind } = attachment
  const plain: OutgoingFile = { blob: file, name: file.name === "" ? "file" : file.name, mimeType: file.type === "" ? "application/octet-stream" : file.type }
  try {
    if (kind === "image") return { ...plain, ...(await pictureFacts(file, isEncrypted)) }
    if (kind === "video") return { ...plain, ...(await videoFacts(file)) }
    if (kind === "audio") return { ...plain, info: { duration: await audioLength(file) } }
  } catch {
    // What the browser cannot open is sent as it is.
  }
  return plain
}

async function pictureFacts(file: File, wantsThumbnail: boolean): Promise<Pick<OutgoingFile, "info" | "thumbnail">> {
  const picture = await createImageBitmap(file)
  const { width, height } = picture
  try {
    const info: JSONObject = { w: width, h: height, "xyz.amorgan.blurhash": hashOf(picture, width, height) }
    const isSmall = width <= thumbnailSide && height <= thumbnailSide && file.size < 300_000
    if (!wantsThumbnail || isSmall || file.type === "image/gif") return { info }
    return { info, thumbnail: await thumbnailOf(picture, width, height) }
  } finally {
    picture.close()
  }
}

async function videoFacts(file: File): Promise<Pick<OutgoingFile, "info" | "thumbnail">> {
  const video = document.createElement("video")
  const url = URL.createObjectURL(file)
  try {
    video.muted = true
    video.preload = "auto"
    video.src = url
    await happened(video, "loadeddata")
    const { videoWidth: width, videoHeight: height } = video
    video.currentTime = Math.min(1, video.duration / 2)
    await happened(video, "seeked")
    const info: JSONObject = { w: width, h: height, "xyz.amorgan.blurhash": hashOf(video, width, height), ...(Number.isFinite(video.duration) ? { duration: Math.round(video.duration * 1000) } : {}) }
    return { info, thumbnail: await thumbnailOf(video, width, height) }
  } finally {
    video.removeAttribute("src")
    URL.revokeObjectURL(url)
  }
}

async function audioLength(file: File): Promise<number> {
  const audio = document.createElement("audio")
  const url = URL.createObjectURL(file)
  try {
    audio.src = url
    await happened(audio, "loadedmetadata")
    return Number.isFinite(audio.duration) ? Math.round(audio.duration * 1000) : 0
  } finally {
    audio.removeAttribute("src")
    URL.revokeObjectURL(url)
  }
}

function happened(element: HTMLMediaElement, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("too slow")), waitMilliseconds)
    element.addEventListener(event, () => {
      clearTimeout(timer)
      resolve()
    }, { once: true })
    element.addEventListener("error", () => {
      clearTimeout(timer)
      reject(new Error("cannot be opened"))
    }, { once: true })
  })
}

function drawn(source: CanvasImageSource, width: number, height: number): { canvas: HTMLCanvasElement; context: CanvasRenderingContext2D } {
  const canvas = document.createElement("canvas")
  canvas.width = Math.max(1, Math.round(width))
  canvas.height = Math.max(1, Math.round(height))
  const context = canvas.getContext("2d")
  if (context === null) throw new Error("no canvas")
  context.drawImage(source, 0, 0, canvas.width, canvas.height)
  return { canvas, context }
}

function hashOf(source: CanvasImageSource, width: number, height: number): string {
  const scale = hashSide / Math.max(width, height)
  const { canvas, context } = drawn(source, width * scale, height * scale)
  const isWide = width >= height
  return encodeBlurhash(context.getImageData(0, 0, canvas.width, canvas.height).data, canvas.width, canvas.height, isWide ? 4 : 3, isWide ? 3 : 4)
}

async function thumbnailOf(source: CanvasImageSource, width: number, height: number): Promise<NonNullable<OutgoingFile["thumbnail"]>> {
  const scale = Math.min(1, thumbnailSide / Math.max(width, height))
  const { canvas } = drawn(source, width * scale, height * scale)
  const blob = await new Promise<Blob>((resolve, reject) => canvas.toBlob((made) => (made === null ? reject(new Error("no picture")) : resolve(made)), "image/webp", 0.82))
  return { blob, info: { w: canvas.width, h: canvas.height, mimetype: blob.type, size: blob.size } }
}
