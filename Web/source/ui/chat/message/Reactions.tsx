import { useState } from "react"
import { isMXC } from "../../../domain/timeline/MediaFile"
import { memberName } from "../../../domain/rooms/roomName"
import type { Reaction, TimelineEvent } from "../../../matrix/contract/timeline"
import { Dialog, IconButton, showToast, Tooltip } from "../../design"
import { EmojiImage } from "../../emoji/EmojiImage"
import { formatList, formatNumber } from "../../language/format"
import { t } from "../../language/t"
import { useChat } from "../ChatContext"
import { PersonLine } from "./PersonLine"

const shownReactions = 20

/** The reactions to a message: a press adds or takes back one's own; the tooltip says who. */
export function Reactions({ event, onAdd }: { event: TimelineEvent; onAdd: (anchor: Element) => void }) {
  const { room, canWrite } = useChat()
  const [isWhoOpen, setWhoOpen] = useState(false)
  const { reactions } = event
  if (reactions.length === 0 || event.id === undefined) return null
  return (
    <div className="reactions" role="group" aria-label={t("chat.reactions.label")}>
      {reactions.slice(0, shownReactions).map((reaction) => {
        const label = t("chat.reactions.who", { emoji: reactionName(reaction), people: whoReacted(reaction, (id) => memberName(room.member(id).get())) })
        return (
          <Tooltip key={reaction.key} text={label} isName>
            <button type="button" className="reaction" aria-pressed={reaction.mine !== undefined} aria-label={label} disabled={!canWrite && reaction.mine === undefined}
              onClick={() => toggleReaction(room, event, reaction.key, reaction.shortcode)} onContextMenu={(press) => {
                press.preventDefault()
                press.stopPropagation()
                setWhoOpen(true)
              }}>
              <ReactionKey reaction={reaction} />
              <span className="reaction-count">{formatNumber(reaction.count)}</span>
            </button>
          </Tooltip>
        )
      })}
      {canWrite && <IconButton icon="smile-plus" size="small" className="reaction-add" label={t("chat.reactions.add")} onClick={(press) => onAdd(press.currentTarget)} />}
      {isWhoOpen && (
        <Dialog title={t("chat.reactions.title")} size="small" onClose={() => setWhoOpen(false)}>
          {reactions.map((reaction) => (
            <section key={reaction.key} className="reactions-who">
              <h3><ReactionKey reaction={reaction} /> {formatNumber(reaction.count)}</h3>
              <ul>{reaction.senders.slice(0, 100).map((sender) => <li key={sender}><PersonLine userId={sender} /></li>)}</ul>
            </section>
          ))}
        </Dialog>
      )}
    </div>
  )
}

function ReactionKey({ reaction }: { reaction: Reaction }) {
  if (isMXC(reaction.key)) return <EmojiImage url={reaction.key} alt={reactionName(reaction)} size={20} />
  return <span className="reaction-key">{reaction.key.slice(0, 40)}</span>
}

function reactionName(reaction: Reaction): string {
  if (!isMXC(reaction.key)) return reaction.key.slice(0, 40)
  return reaction.shortcode === undefined ? t("chat.reactions.custom") : `:${reaction.shortcode.replace(/^:|:$/g, "")}:`
}

function whoReacted(reaction: Reaction, name: (id: string) => string): string {
  const shown = reaction.senders.slice(0, 6).map(name)
  const others = reaction.count - shown.length
  return others > 0 ? t("chat.reactions.andOthers", { people: shown.join(", "), count: others }) : formatList(shown)
}

/** Adds one's own reaction, or takes it back. */
export function toggleReaction(room: ReturnType<typeof useChat>["room"], event: TimelineEvent, key: string, shortcode?: string) {
  if (event.id === undefined) return
  const mine = event.reactions.find((one) => one.key === key)?.mine
  if (mine === undefined) room.react(event.id, key, shortcode)
  else if (mine !== "pending") room.redact(mine).catch(() => showToast({ kind: "error", text: t("chat.reactions.failed") }))
}
