import { Value } from "../base/observable"
import { asNumber, asString } from "../base/read"
import type { JSONObject } from "../base/read"
import type { ClientAPI, Query } from "../api/ClientAPI"
import type { Encryption } from "../contract/encryption"
import type { MXC } from "../contract/events"
import { MatrixError } from "../contract/session"
import type { EncryptedFile, MediaHandle, MediaSource } from "../contract/session"
import { safeBlob } from "./safeBlob"

type State = ReturnType<MediaHandle["state"]["get"]>

interface Entry {
  readonly state: Value<State>
  holders: number
  size: number
  isStarted: boolean
  readonly load: (entry: Entry) => Promise<void>
  end: AbortController
}

const mostBytes = 128 * 1_024 * 1_024
const mostAtOnce = 6
const nothing: State = { url: undefined, blob: undefined, error: undefined, progress: undefined }

/** Media by authenticated download: each loaded once, a few at a time, and kept up to a bound after nobody shows it any more. */
export class MediaStore implements MediaSource {
  private readonly entries = new Map<string, Entry>()
  private bytes = 0
  private running = 0
  private readonly waiting: Entry[] = []
  private isLegacy = false
  private config: Promise<JSONObject> | undefined

  constructor(private readonly api: ClientAPI, private readonly encryption: () => Encryption) {}

  thumbnail(mxc: MXC, size: { width: number; height: number; method: "crop" | "scale"; isAnimated?: boolean }): MediaHandle {
    const query: Query = { width: size.width, height: size.height, method: size.method, ...(size.isAnimated === true && { animated: true }) }
    return this.handle(`thumbnail ${mxc} ${JSON.stringify(query)}`, async (signal) => safeBlob(await this.download("thumbnail", mxc, query, signal), undefined))
  }

  file(source: MXC | EncryptedFile, mimeType?: string): MediaHandle {
    const mxc = typeof source === "string" ? source : source.url
    return this.handle(`file ${mxc} ${typeof source === "string" ? "" : source.iv}`, async (signal) => {
      const blob = await this.download("download", mxc, {}, signal)
      if (typeof source === "string") return safeBlob(blob, mimeType)
      return safeBlob(await this.encryption().decryptFile(blob, source as unknown as JSONObject), mimeType)
    })
  }

  /** A file as it is on the server, past the cache. */
  fetch(mxc: MXC): Promise<Blob> {
    return this.download("download", mxc, {}, new AbortController().signal)
  }

  async upload(blob: Blob, name: string, onProgress?: (fraction: number) => void, signal?: AbortSignal): Promise<MXC> {
    const answer = await this.api.json("POST", "/_matrix/media/v3/upload", {
      ...(name !== "" && { query: { filename: name } }), rawBody: blob, contentType: blob.type || "application/octet-stream", ...(signal && { signal }),
      ...(onProgress && { onUpload: (sent: number, total: number) => onProgress(total === 0 ? 1 : sent / total) }),
    })
    const mxc = asString(answer["content_uri"])
    if (mxc === undefined) throw new MatrixError("M_UNKNOWN", "The server gave no address for the file.", 200)
    onProgress?.(1)
    return mxc
  }

  async limit(): Promise<number | undefined> {
    this.config ??= this.either("config", "/_matrix/media/v3/config", (path) => this.api.get(path)).catch((error: unknown) => {
      this.config = undefined
      throw error
    })
    return asNumber((await this.config)["m.upload.size"])
  }

  async preview(url: string, timestamp: number): Promise<JSONObject | undefined> {
    try {
      return await this.either("preview_url", "/_matrix/media/v3/preview_url", (path) => this.api.get(path, { url, ts: timestamp }))
    } catch (error) {
      if (error instanceof MatrixError && error.code !== "NETWORK") return undefined
      throw error
    }
  }

  /** Ends everything and lets go of all object URLs. */
  close() {
    for (const entry of this.entries.values()) {
      entry.end.abort()
      const url = entry.state.get().url
      if (url !== undefined) URL.revokeObjectURL(url)
    }
    this.entries.clear()
  }

  private handle(key: string, fetch: (signal: AbortSignal) => Promise<Blob>): MediaHandle {
    let entry = this.entries.get(key)
    // The newest use last: the first are the first to go.
    if (entry !== undefined) this.entries.delete(key)
    if (entry === undefined || entry.state.get().error !== undefined) {
      entry = {
        state: new Value<State>(nothing), holders: 0, size: 0, isStarted: false, end: new AbortController(),
        load: async (own) => {
          try {
            const blob = await fetch(own.end.signal)
            own.size = blob.size
            this.bytes += blob.size
            own.state.set({ url: URL.createObjectURL(blob), blob, error: undefined, progress: 1 })
            this.shrink()
          } catch (error) {
            if (own.end.signal.aborted) return
            const known = error instanceof MatrixError ? error : new MatrixError("M_UNKNOWN", error instanceof Error ? error.message : String(error), 0)
            own.state.set({ ...nothing, error: known })
          }
        },
      }
      this.waiting.push(entry)
    }
    this.entries.set(key, entry)
    entry.holders += 1
    this.startNext()
    const held = entry
    let isHeld = true
    return {
      state: held.state,
      release: () => {
        if (!isHeld) return
        isHeld = false
        held.holders -= 1
        if (held.holders === 0) this.let(key, held)
      },
    }
  }

  /** Nobody shows it: what still loads is given up, what is there stays within the bound. */
  private let(key: string, entry: Entry) {
    const state = entry.state.get()
    if (state.url === undefined && state.error === undefined) {
      // A moment of grace: lists that are drawn anew let go and take hold again.
      setTimeout(() => {
        if (entry.holders > 0 || entry.state.get().url !== undefined) return
        entry.end.abort()
        if (this.entries.get(key) === entry) this.entries.delete(key)
      }, 500)
      return
    }
    this.shrink()
  }

  private shrink() {
    for (const [key, entry] of this.entries) {
      if (this.bytes <= mostBytes) return
      const url = entry.state.get().url
      if (entry.holders > 0 || url === undefined) continue
      this.entries.delete(key)
      this.bytes -= entry.size
      URL.revokeObjectURL(url)
    }
  }

  private startNext() {
    while (this.running < mostAtOnce) {
      // What was asked for last is what is on the screen.
      const entry = this.waiting.pop()
      if (entry === undefined) return
      if (entry.isStarted || entry.end.signal.aborted) continue
      entry.isStarted = true
      this.running += 1
      void entry.load(entry).finally(() => {
        this.running -= 1
        this.startNext()
      })
    }
  }

  private download(kind: "thumbnail" | "download", mxc: MXC, query: Query, signal: AbortSignal): Promise<Blob> {
    const match = /^mxc:\/\/([^/?#]+)\/([A-Za-z0-9_-]+)$/.exec(mxc)
    if (match === null) return Promise.reject(new MatrixError("M_INVALID_PARAM", "This is no media address.", 0))
    const place = `${kind}/${encodeURIComponent(match[1] ?? "")}/${encodeURIComponent(match[2] ?? "")}`
    return this.either(place, `/_matrix/media/v3/${place}`, (path) => this.api.blob(path, { query, signal, timeout: 300_000 }))
  }

  /** The authenticated endpoint; the old one where the server does not know it. */
  private async either<R>(place: string, old: string, call: (path: string) => Promise<R>): Promise<R> {
    if (this.isLegacy) return call(old)
    try {
      return await call(`/_matrix/client/v1/media/${place}`)
    } catch (error) {
      if (!(error instanceof MatrixError) || error.status !== 404 || error.code !== "M_UNRECOGNIZED") throw error
      const answer = await call(old)
      this.isLegacy = true
      return answer
    }
  }
}
