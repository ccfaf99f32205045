import type { Format } from "../../../domain/composer/formatting"
import { IconButton, type IconName } from "../../design"
import { t } from "../../language/t"

const formats: readonly (readonly [Format, IconName, string])[] = [
  ["bold", "bold", "mod+b"], ["italic", "italic", "mod+i"], ["strikethrough", "strike", "mod+shift+x"], ["code", "code", "mod+e"], ["spoiler", "spoiler", "mod+shift+s"],
  ["link", "link", "mod+shift+k"], ["quote", "quote", "mod+shift+9"], ["list", "list", "mod+shift+8"],
]

/** Formats for what is selected. */
export function FormatBar({ onFormat }: { onFormat: (format: Format) => void }) {
  return (
    // The text keeps its focus and selection.
    <div className="format-bar" role="toolbar" aria-label={t("chat.format.label")} onPointerDown={(event) => event.preventDefault()}>
      {formats.map(([format, icon, hotkey]) => <IconButton key={format} icon={icon} size="small" tabIndex={-1} label={t(`chat.format.${format}`)} hotkey={hotkey} onClick={() => onFormat(format)} />)}
    </div>
  )
}
