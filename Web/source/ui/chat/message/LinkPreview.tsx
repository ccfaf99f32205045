import { useEffect, useState } from "react"
import { asNumber, asString, type JSONObject } from "../../../matrix/base/read"
import { isMXC } from "../../../domain/timeline/MediaFile"
import { fitMedia } from "../../../domain/timeline/fitMedia"
import { useSession } from "../../bridge/contexts"
import { IconButton } from "../../design"
import { t } from "../../language/t"
import { tamed } from "../html/plainText"
import { SafeLink } from "../html/SafeLink"
import { useMedia } from "../media/useMedia"

interface Page { readonly title: string; readonly site: string | undefined; readonly text: string | undefined; readonly image: string | undefined; readonly width: number | undefined; readonly height: number | undefined }

const kept = new Map<string, Promise<Page | undefined>>()
const maximumKept = 300

/** What a link leads to, as the homeserver saw it: this browser asks nobody else. */
export function LinkPreview({ url, timestamp }: { url: string; timestamp: number }) {
  const { media } = useSession()
  const [page, setPage] = useState<Page>()
  const [isHidden, setHidden] = useState(false)
  useEffect(() => {
    let isCurrent = true
    let asked = kept.get(url)
    if (asked === undefined) {
      asked = media.preview(url, timestamp).then(readPage, () => undefined)
      kept.set(url, asked)
      for (const oldest of kept.keys()) {
        if (kept.size <= maximumKept) break
        kept.delete(oldest)
      }
    }
    void asked.then((found) => isCurrent && setPage(found))
    return () => {
      isCurrent = false
    }
  }, [media, url, timestamp])
  const image = useMedia(() => (page?.image === undefined ? undefined : media.thumbnail(page.image, { width: 640, height: 480, method: "scale" })), [media, page?.image])
  if (page === undefined || isHidden) return null
  const isWide = (page.width ?? 0) >= 400
  const size = fitMedia(page.width, page.height, isWide ? { width: 400, height: 210 } : { width: 72, height: 72 })
  return (
    <div className="link-preview" role="group" data-wide={isWide || undefined} aria-label={t("chat.preview.label")}>
      <div className="link-preview-text">
        <span className="link-preview-site">{tamed(page.site ?? hostOf(url))}</span>
        <strong className="link-preview-title" dir="auto"><SafeLink href={url} text="">{tamed(page.title)}</SafeLink></strong>
        {page.text !== undefined && <p className="link-preview-description" dir="auto">{tamed(page.text)}</p>}
      </div>
      {page.image !== undefined && <span className="link-preview-image" style={{ width: size.width, height: size.height }}>{image.url !== undefined && <img src={image.url} alt="" />}</span>}
      <IconButton icon="x" size="small" className="link-preview-close" label={t("chat.preview.hide")} onClick={() => setHidden(true)} />
    </div>
  )
}

function readPage(found: JSONObject | undefined): Page | undefined {
  const title = asString(found?.["og:title"])?.trim().slice(0, 300)
  if (found === undefined || title === undefined || title === "") return undefined
  const image = asString(found["og:image"])
  return {
    title, site: asString(found["og:site_name"])?.slice(0, 80), text: asString(found["og:description"])?.slice(0, 400),
    image: image !== undefined && isMXC(image) ? image : undefined, width: asNumber(found["og:image:width"]), height: asNumber(found["og:image:height"]),
  }
}

function hostOf(url: string): string {
  try {
    return new URL(url).hostname
  } catch {
    return ""
  }
}
