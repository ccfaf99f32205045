import { memo, useMemo } from "react"
import { isOnlyEmoji } from "../../../domain/emoji/EmojiTable"
import { plainText } from "../html/plainText"
import { useChatSettings } from "../useChatSettings"
import { renderHtml } from "../html/renderHtml"

/** The text of a message: foreign HTML where there is some, else its plain text with links. */
export const RichText = memo(function RichText({ body, html, isEdited }: { body: string; html: string | undefined; isEdited?: JSX.Element | undefined }) {
  const content = useMemo(() => (html === undefined ? plainText(body) : renderHtml(html)), [body, html])
  const { hasLargeEmoji } = useChatSettings()
  const isLarge = useMemo(() => hasLargeEmoji && (isOnlyEmoji(body, 9) || (html !== undefined && isOnlyPictures(html))), [body, html, hasLargeEmoji])
  return (
    <div className={`html-text${html === undefined ? "" : " html-rich"}${isLarge ? " html-large" : ""}`} dir="auto">
      {content}
      {isEdited !== undefined && <> {isEdited}</>}
    </div>
  )
})

function isOnlyPictures(html: string): boolean {
  return html.length < 4000 && /^(?:\s*<img\s[^>]*data-mx-emoticon[^>]*>\s*){1,9}$/.test(html)
}
