import { lazy, Suspense } from "react"
import type { EmojiChoice } from "../../../domain/emoji/completeEmoji"
import { recentEmojiType, withUsedEmoji } from "../../../domain/emoji/recentEmoji"
import type { Room } from "../../../matrix/contract/room"
import { useSession } from "../../bridge/contexts"
import { IconButton, Popover, Spinner } from "../../design"
import { t } from "../../language/t"

const EmojiPicker = lazy(() => import("../../emoji/EmojiPicker").then((module) => ({ default: module.EmojiPicker })))

/** Opens the picker of emoji and stickers. */
export function EmojiButton({ room, onEmoji, onSticker, onClosed }: { room: Room; onEmoji: (text: string) => void; onSticker: (choice: Extract<EmojiChoice, { kind: "image" }>) => void; onClosed: () => void }) {
  const session = useSession()
  return (
    <Popover trigger={<IconButton icon="smile" label={t("chat.composer.emoji")} />} label={t("chat.composer.emoji")} placement="top-end" className="picker-popover">
      {(close) => (
        <Suspense fallback={<Spinner label={t("common.loading")} />}>
          <EmojiPicker room={room} kinds={["emoticon", "sticker"]} onPick={(choice, kind, keepOpen) => {
            const used = choice.kind === "unicode" ? choice.characters : choice.image.url
            void session.setAccountData(recentEmojiType, withUsedEmoji(session.accountData(recentEmojiType).get(), used)).catch(() => undefined)
            if (kind === "sticker" && choice.kind === "image") onSticker(choice)
            else onEmoji(choice.kind === "unicode" ? choice.characters : `:${choice.image.shortcode}: `)
            if (keepOpen) return
            close()
            onClosed()
          }} />
        </Suspense>
      )}
    </Popover>
  )
}
