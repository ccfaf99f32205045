import { linkedParts } from "../../../domain/markdown/addresses"
import { parseMatrixLink } from "../../../domain/markdown/matrixLinks"
import { mediaBox } from "../../../domain/timeline/estimateHeight"
import { fitMedia } from "../../../domain/timeline/fitMedia"
import { messageContent, type Caption, type MessageContent } from "../../../domain/timeline/MessageContent"
import type { MediaFile } from "../../../domain/timeline/MediaFile"
import { memberName } from "../../../domain/rooms/roomName"
import type { TimelineEvent } from "../../../matrix/contract/timeline"
import { useObservable } from "../../bridge/useObservable"
import { Icon, useMediaQuery } from "../../design"
import { t } from "../../language/t"
import { useChat } from "../ChatContext"
import { AudioPlayer } from "../media/AudioPlayer"
import { FileCard } from "../media/FileCard"
import { Gallery } from "../media/Gallery"
import { Picture } from "../media/Picture"
import { VideoPlayer } from "../media/VideoPlayer"
import { useChatSettings } from "../useChatSettings"
import { useMember } from "../useMember"
import { EditedMark } from "./EditedMark"
import { LinkPreview } from "./LinkPreview"
import { LocationCard } from "./LocationCard"
import { Poll } from "./Poll"
import { RichText } from "./RichText"
import { Undecryptable } from "./Undecryptable"
import { VerificationCard } from "./VerificationCard"
import "../media/media.css"

const stickerBox = { width: 160, height: 160 }
const maximumPreviews = 2

/** What a message says or shows, whatever its kind. */
export function MessageBody({ events }: { events: readonly TimelineEvent[] }) {
  const { openMedia } = useChat()
  const isNarrow = useMediaQuery("(max-width: 600px)")
  const [event] = events
  if (event === undefined) return null
  if (events.length > 1) {
    const files = events.flatMap((one) => {
      const content = messageContent(one)
      return content.kind === "image" ? [content.file] : []
    })
    return <Gallery files={files} width={isNarrow ? 280 : 440} onOpen={(file) => openMedia(events[files.indexOf(file)] ?? event, file)} />
  }
  return <One event={event} content={messageContent(event)} isNarrow={isNarrow} />
}

function One({ event, content, isNarrow }: { event: TimelineEvent; content: MessageContent; isNarrow: boolean }) {
  const { openMedia } = useChat()
  const box = isNarrow ? { width: 280, height: 320 } : mediaBox
  const edited = event.edited === undefined ? undefined : <EditedMark event={event} />
  switch (content.kind) {
    case "text":
      return <Text event={event} body={content.body} html={content.html} style={content.style} edited={edited} />
    case "image": {
      const size = fitMedia(content.file.width, content.file.height, box)
      return <Captioned caption={content.caption} edited={edited}><Picture file={content.file} {...size} label={content.file.name} onOpen={() => openMedia(event, content.file)} /></Captioned>
    }
    case "sticker": {
      const size = fitMedia(content.file.width, content.file.height, stickerBox)
      return <div className="sticker"><Picture file={content.file} {...size} label={content.file.name} onOpen={undefined} /></div>
    }
    case "video":
      return <Captioned caption={content.caption} edited={edited}><VideoPlayer file={content.file} box={box} /></Captioned>
    case "audio":
      return <Captioned caption={content.caption} edited={edited}><AudioPlayer file={content.file} waveform={undefined} /></Captioned>
    case "voice":
      return <Captioned caption={content.caption} edited={edited}><AudioPlayer file={content.file} waveform={content.waveform} /></Captioned>
    case "file":
      return <Captioned caption={content.caption} edited={edited}><FileCard file={content.file} /></Captioned>
    case "gallery":
      return <Captioned caption={content.caption} edited={edited}><Gallery files={content.files} width={isNarrow ? 280 : 440} onOpen={(file: MediaFile) => openMedia(event, file)} /></Captioned>
    case "poll":
      return <Poll event={event} poll={content.poll} />
    case "location":
      return <LocationCard latitude={content.latitude} longitude={content.longitude} description={content.description} />
    case "verification":
      return <VerificationCard event={event} />
    case "undecryptable":
      return <Undecryptable event={event} />
    case "redacted":
      return <Redacted event={event} />
    case "unknown":
      return content.body === undefined ? <p className="message-quiet">{t("chat.unknown")}</p> : <RichText body={content.body} html={undefined} />
  }
}

function Text({ event, body, html, style, edited }: { event: TimelineEvent; body: string; html: string | undefined; style: "text" | "notice" | "emote"; edited: JSX.Element | undefined }) {
  const { room } = useChat()
  const { isEncrypted } = useObservable(room.summary)
  const settings = useChatSettings()
  const hasPreviews = isEncrypted ? settings.previewsInEncrypted : settings.previews
  const links = hasPreviews && event.id !== undefined ? previewed(body) : []
  return (
    <div className={`message-text message-${style}`}>
      {style === "emote" && <EmoteName event={event} />}
      <RichText body={body} html={html} isEdited={edited} />
      {links.map((url) => <LinkPreview key={url} url={url} timestamp={event.timestamp} />)}
    </div>
  )
}

/** The pages a text links to; not people, rooms, or what stands in quotes and code. */
function previewed(body: string): string[] {
  const own = body.replace(/```[^]*?```|`[^`\n]*`|^>.*$/gm, "")
  const links = linkedParts(own).flatMap((part) => (part.kind === "address" && /^https?:/i.test(part.href) && parseMatrixLink(part.href) === undefined ? [part.href] : []))
  return [...new Set(links)].slice(0, maximumPreviews)
}

function EmoteName({ event }: { event: TimelineEvent }) {
  return <span className="message-emote-name">* <bdi>{memberName(useMember(event.sender))}</bdi> </span>
}

function Captioned({ caption, edited, children }: { caption: Caption | undefined; edited: JSX.Element | undefined; children: React.ReactNode }) {
  return <figure className="captioned">{children}{caption !== undefined && <figcaption><RichText body={caption.body} html={caption.html} isEdited={edited} /></figcaption>}</figure>
}

function Redacted({ event }: { event: TimelineEvent }) {
  const by = memberName(useMember(event.redacted?.by ?? event.sender))
  const isOther = event.redacted !== undefined && event.redacted.by !== event.sender
  const text = isOther ? t("chat.redactedBy", { name: by }) : t("chat.redacted")
  return <p className="message-quiet"><Icon name="trash" size={16} />{event.redacted?.reason === undefined ? text : t("chat.redactedReason", { text, reason: event.redacted.reason })}</p>
}
