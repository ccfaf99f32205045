import { useEffect, useRef } from "react"
import { decodeBlurhash } from "../../../domain/timeline/blurhash"

/** The colours of a picture while it is on its way. */
export function Blurhash({ hash }: { hash: string }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const context = canvas.current?.getContext("2d")
    const pixels = decodeBlurhash(hash, 32, 32)
    if (context === null || context === undefined || pixels === undefined) return
    const image = context.createImageData(32, 32)
    image.data.set(pixels)
    context.putImageData(image, 0, 0)
  }, [hash])
  return <canvas ref={canvas} className="picture-hash" width={32} height={32} aria-hidden="true" />
}
