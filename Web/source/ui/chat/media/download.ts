import { when } from "../../../matrix/base/observable"
import type { MediaSource } from "../../../matrix/contract/session"
import type { MediaFile } from "../../../domain/timeline/MediaFile"

/** Fetches a file and gives it to the browser to keep; rejects where it cannot be had. Always as a download: it is never opened as a page. */
export async function downloadFile(media: MediaSource, file: MediaFile): Promise<void> {
  const handle = media.file(file.source, "application/octet-stream")
  try {
    const state = await when(handle.state, (now) => now.url !== undefined || now.error !== undefined)
    if (state.error !== undefined) throw state.error
    if (state.url === undefined) return
    const link = document.createElement("a")
    link.href = state.url
    link.download = safeName(file.name)
    link.click()
    // The browser reads the address after this task.
    await new Promise((resolve) => setTimeout(resolve, 10_000))
  } finally {
    handle.release()
  }
}

/** A name without what could hide its ending or lead into another folder. */
export function safeName(name: string): string {
  const bare = name.replace(/[\u0000-\u001f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff/\\]/g, "").trim().slice(-200)
  return bare === "" ? "file" : bare
}
