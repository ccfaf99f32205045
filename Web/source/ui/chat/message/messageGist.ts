import { textOfHTML } from "../../../domain/markdown/fromHTML"
import { messageContent } from "../../../domain/timeline/MessageContent"
import { systemEvent } from "../../../domain/timeline/systemEvent"
import type { TimelineEvent } from "../../../matrix/contract/timeline"
import { t } from "../../language/t"
import { tamed } from "../html/plainText"
import { systemText } from "../timeline/systemText"

const length = 180

/** A message in a line, for quotes, lists and screen readers. */
export function messageGist(event: TimelineEvent): string {
  const system = systemEvent(event)
  if (system !== undefined) return systemText(system, (userId) => userId)
  const content = messageContent(event)
  switch (content.kind) {
    case "text":
      return oneLine(content.html === undefined ? content.body : textOfHTML(content.html))
    case "image":
    case "video":
    case "audio":
    case "file":
      return content.caption === undefined ? t(`chat.gist.${content.kind}`, { name: content.file.name }) : oneLine(content.caption.body)
    case "sticker":
      return t("chat.gist.sticker", { name: content.file.name })
    case "voice":
      return t("chat.gist.voice")
    case "gallery":
      return content.caption === undefined ? t("chat.gist.gallery", { count: content.files.length }) : oneLine(content.caption.body)
    case "poll":
      return t("chat.gist.poll", { question: oneLine(content.poll.question) })
    case "location":
      return t("chat.gist.location", { text: oneLine(content.description) })
    case "verification":
      return t("chat.gist.verification")
    case "redacted":
      return t("chat.redacted")
    case "undecryptable":
      return t("chat.gist.undecryptable")
    case "unknown":
      return content.body === undefined ? t("chat.unknown") : oneLine(content.body)
  }
}

function oneLine(text: string): string {
  const line = tamed(text).replace(/\s+/g, " ").trim()
  return line.length > length ? line.slice(0, length) + "…" : line
}
