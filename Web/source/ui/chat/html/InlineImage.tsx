import { fitMedia } from "../../../domain/timeline/fitMedia"
import type { MXC } from "../../../matrix/contract/events"
import { useSession } from "../../bridge/contexts"
import { useMedia } from "../media/useMedia"

const box = { width: 400, height: 300 }

/** A picture within the text of a message. */
export function InlineImage({ url, alt, width, height }: { url: MXC; alt: string; width: number | undefined; height: number | undefined }) {
  const { media } = useSession()
  const size = fitMedia(width, height, box)
  const { url: source } = useMedia(() => media.thumbnail(url, { width: box.width * 2, height: box.height * 2, method: "scale" }), [media, url])
  if (source === undefined) return <span className="html-image" role="img" aria-label={alt} style={{ width: size.width, height: size.height }} />
  return <img className="html-image" src={source} alt={alt} title={alt} style={width === undefined || height === undefined ? { maxWidth: box.width, maxHeight: box.height } : { width: size.width, height: size.height }} />
}
