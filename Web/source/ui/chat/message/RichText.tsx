import { memo, useMemo, useState } from "react"
import { isOnlyEmoji } from "../../../domain/emoji/EmojiTable"
import { t } from "../../language/t"
import { plainText } from "../html/plainText"
import { useChatSettings } from "../useChatSettings"
import { renderHtml } from "../html/renderHtml"

/** The text of a message: foreign HTML where there is some, else its plain text with links. */
export const RichText = memo(function RichText({ body, html, isEdited }: { body: string; html: string | undefined; isEdited?: JSX.Element | undefined }) {
  const content = useMemo(() => (html === undefined ? plainText(body) : renderHtml(html)), [body, html])
  const { hasLargeEmoji } = useChatSettings()
  const isLarge = useMemo(() => hasLargeEmoji && (isOnlyEmoji(body, 9) || (html !== undefined && isOnlyPictures(html))), [body, html, hasLargeEmoji])
  const isLong = useMemo(() => body.length > longText || (body.match(/\n/g)?.length ?? 0) > longLines || (html?.length ?? 0) > longText * 4, [body, html])
  const [isOpen, setOpen] = useState(false)
  const text = (
    <div className={`html-text${html === undefined ? "" : " html-rich"}${isLarge ? " html-large" : ""}`} dir="auto">
      {content}
      {isEdited !== undefined && <> {isEdited}</>}
    </div>
  )
  if (!isLong) return text
  return (
    <div className="long-text" data-folded={!isOpen || undefined}>
      <div className="long-text-body">{text}</div>
      <button type="button" className="long-text-more" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>{isOpen ? t("chat.message.less") : t("chat.message.more")}</button>
    </div>
  )
})

/** Messages longer than this are folded. */
const longText = 4000
const longLines = 60

function isOnlyPictures(html: string): boolean {
  return html.length < 4000 && /^(?:\s*<img\s[^>]*data-mx-emoticon[^>]*>\s*){1,9}$/.test(html)
}
