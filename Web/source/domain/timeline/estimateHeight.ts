import { fitMedia } from "./fitMedia"
import { messageContent } from "./MessageContent"
import type { Row } from "./rows"

/** The largest size of pictures in the timeline. */
export const mediaBox = { width: 440, height: 340 }

const lineHeight = 22
const characterWidth = 7.4

/** About how high a row will be, before it was ever shown; the closer, the steadier the scrollbar. */
export function estimateHeight(row: Row, width: number): number {
  switch (row.kind) {
    case "day":
      return 44
    case "unread":
      return 28
    case "system":
      return 28
    case "message": {
      const [event] = row.events
      if (event === undefined) return lineHeight
      const box = { width: Math.min(mediaBox.width, Math.max(120, width - 96)), height: mediaBox.height }
      let height = row.startsGroup ? 44 : 4
      if (event.replyTo !== undefined) height += 24
      if (event.reactions.length > 0) height += 34
      if (event.thread !== undefined) height += 36
      const content = messageContent(event)
      switch (content.kind) {
        case "image":
        case "video":
        case "sticker":
          return height + (row.events.length > 1 ? Math.ceil(row.events.length / 3) * 150 : fitMedia(content.file.width, content.file.height, box).height + 8)
        case "gallery":
          return height + Math.ceil(content.files.length / 3) * 150
        case "audio":
        case "file":
        case "voice":
          return height + 64
        case "poll":
          return height + 80 + content.poll.answers.length * 52
        case "location":
          return height + 72
        case "text": {
          const perLine = Math.max(12, (width - 96) / characterWidth)
          const lines = content.body.split("\n", 200).reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / perLine)), 0)
          // Long texts are folded.
          return height + (content.body.length > 4000 || lines > 70 ? 445 : lines * lineHeight)
        }
        default:
          return height + lineHeight
      }
    }
  }
}
