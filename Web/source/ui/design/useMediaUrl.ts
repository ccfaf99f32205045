import { useContext, useEffect, useState } from "react"
import type { MXC } from "../../matrix/contract/events"
import type { EncryptedFile, MatrixError, MediaHandle } from "../../matrix/contract/session"
import { SessionContext } from "../bridge/contexts"
import { useObservable } from "../bridge/useObservable"

export interface MediaState { readonly url: string | undefined; readonly blob: Blob | undefined; readonly error: MatrixError | undefined; readonly progress: number | undefined }
export interface ThumbnailSize { readonly width: number; readonly height: number; readonly method?: "crop" | "scale"; readonly isAnimated?: boolean }

const empty: MediaState = { url: undefined, blob: undefined, error: undefined, progress: undefined }

/**
 * The blob: URL of a picture or file, as long as the component is there. With a size: scaled by the server (sizes are of the screen, the
 * density of pixels is taken into account); without: the file itself. `undefined` loads nothing.
 */
export function useMediaUrl(source: MXC | EncryptedFile | undefined, size?: ThumbnailSize, mimeType?: string): MediaState {
  const session = useContext(SessionContext)
  const [handle, setHandle] = useState<MediaHandle>()
  const key = source === undefined ? undefined : typeof source === "string" ? source : source.url
  const width = size?.width
  const height = size?.height
  const method = size?.method ?? "scale"
  const isAnimated = size?.isAnimated

  useEffect(() => {
    if (session === undefined || source === undefined) return
    const density = Math.min(2, Math.ceil(window.devicePixelRatio || 1))
    const next = typeof source === "string" && width !== undefined && height !== undefined
      ? session.media.thumbnail(source, { width: width * density, height: height * density, method, ...(isAnimated === undefined ? {} : { isAnimated }) })
      : session.media.file(source, mimeType)
    setHandle(next)
    return () => {
      setHandle(undefined)
      next.release()
    }
    // An encrypted file is told apart by its URL: the same URL has the same keys.
    // eslint-disable-next-line react/exhaustive-deps
  }, [session, key, width, height, method, isAnimated, mimeType])
  return useObservable(handle?.state) ?? empty
}
