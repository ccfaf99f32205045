import { useEffect, useState } from "react"
import type { MediaHandle } from "../../../matrix/contract/session"

type MediaState = ReturnType<MediaHandle["state"]["get"]>

const nothing: MediaState = { url: undefined, blob: undefined, error: undefined, progress: undefined }

/** What a handle of the media source holds, held while the component is there. `open` gives undefined to load nothing yet. */
export function useMedia(open: () => MediaHandle | undefined, key: readonly unknown[]): MediaState {
  const [state, setState] = useState(nothing)
  useEffect(() => follow(open(), setState), key) // oxlint-disable-line react/exhaustive-deps -- the caller names what the handle depends on
  return state
}

function follow(handle: MediaHandle | undefined, tell: (state: MediaState) => void): (() => void) | undefined {
  if (handle === undefined) {
    tell(nothing)
    return undefined
  }
  const read = () => tell(handle.state.get())
  const end = handle.state.subscribe(read)
  read()
  return () => {
    end()
    handle.release()
  }
}

const shownTypes = /^(?:image\/(?:png|jpeg|gif|webp|avif|apng|bmp|heic|heif|jxl)|video\/(?:mp4|webm|ogg|quicktime|x-matroska)|audio\/(?:mpeg|mp3|mp4|m4a|x-m4a|aac|ogg|opus|webm|flac|x-flac|wav|x-wav|wave))$/

/** A media type that does nothing when a browser opens it; anything else is plain bytes. */
export function safeType(mimeType: string | undefined): string {
  const bare = (mimeType ?? "").split(";")[0]?.trim() ?? ""
  return shownTypes.test(bare) ? bare : "application/octet-stream"
}
