import { lazy, Suspense } from "react"
import type { TimelineEvent } from "../../../matrix/contract/timeline"
import { PopoverAt, Spinner } from "../../design"
import { t } from "../../language/t"
import { useChat } from "../ChatContext"
import { toggleReaction } from "../message/Reactions"

const EmojiPicker = lazy(() => import("../../emoji/EmojiPicker").then((module) => ({ default: module.EmojiPicker })))

/** Chooses an emoji to react with. */
export function ReactionPicker({ event, anchor, onClose }: { event: TimelineEvent; anchor: Element; onClose: () => void }) {
  const { room } = useChat()
  return (
    <PopoverAt anchor={anchor} label={t("chat.actions.react")} onClose={onClose} placement="top-end" className="picker-popover">
      <Suspense fallback={<Spinner label={t("common.loading")} />}>
        <EmojiPicker room={room} kinds={["emoticon"]} onPick={(choice, _kind, keepOpen) => {
          if (choice.kind === "unicode") toggleReaction(room, event, choice.characters)
          else toggleReaction(room, event, choice.image.url, choice.image.shortcode)
          if (!keepOpen) onClose()
        }} />
      </Suspense>
    </PopoverAt>
  )
}
