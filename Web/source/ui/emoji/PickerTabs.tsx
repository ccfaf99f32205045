import type { PickerSection } from "../../domain/emoji/pickerRows"
import { t, type TextKey } from "../language/t"
import { EmojiImage } from "./EmojiImage"

/** The row of tabs above the grid: each jumps to its section. */
export function PickerTabs({ sections, current, onJump }: { sections: readonly PickerSection[]; current: string | undefined; onJump: (section: PickerSection) => void }) {
  if (sections.length < 2) return null
  return (
    <nav className="emoji-picker-tabs" aria-label={t("emoji.sections")}>
      {sections.map((section) => {
        const title = section.title.kind === "name" ? section.title.name : t(section.title.key as TextKey)
        return (
          <button key={section.id} type="button" className="emoji-picker-tab" aria-label={title} title={title} aria-current={section.id === current || undefined} onClick={() => onJump(section)}>
            {section.avatar === undefined ? <span aria-hidden="true">{section.icon ?? title.slice(0, 1)}</span> : <EmojiImage url={section.avatar} alt="" size={22} />}
          </button>
        )
      })}
    </nav>
  )
}
