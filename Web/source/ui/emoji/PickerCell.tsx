import { memo } from "react"
import type { EmojiChoice } from "../../domain/emoji/completeEmoji"
import { EmojiImage } from "./EmojiImage"

/** One choice in the picker's grid. The search field keeps the focus; arrows move `isActive`. */
export const PickerCell = memo(function PickerCell({ id, choice, size, isActive, onHover, onPick }: {
  id: string; choice: EmojiChoice; size: number; isActive: boolean; onHover: () => void; onPick: (keepOpen: boolean) => void
}) {
  const name = choice.kind === "unicode" ? choice.name : choice.image.body
  return (
    <span role="gridcell" id={id} className="emoji-picker-slot" aria-label={name} aria-selected={isActive}>
      <button type="button" className="emoji-picker-cell" tabIndex={-1} data-active={isActive || undefined} aria-label={name} onPointerEnter={onHover}
        onPointerDown={(event) => event.preventDefault()} onClick={(event) => onPick(event.shiftKey)}>
        {choice.kind === "unicode" ? <span aria-hidden="true">{choice.characters}</span> : <EmojiImage url={choice.image.url} alt="" size={size} />}
      </button>
    </span>
  )
}, (before, after) => before.choice === after.choice && before.isActive === after.isActive && before.size === after.size && before.id === after.id)
