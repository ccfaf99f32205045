import { Dialog } from "../design"
import { t } from "../language/t"
import type { TextKey } from "../language/en"
import "./ShortcutsDialog.css"

const isMac = /Mac|iPhone|iPad/.test(navigator.platform)
const command = isMac ? "⌘" : "Ctrl"
const option = isMac ? "⌥" : "Alt"
const shift = "⇧"

const shortcuts: readonly { text: TextKey; keys: readonly string[] }[] = [
  { text: "shell.shortcuts.switcher", keys: [command, "K"] },
  { text: "shell.shortcuts.search", keys: [command, "F"] },
  { text: "shell.shortcuts.searchEverywhere", keys: [command, shift, "F"] },
  { text: "shell.shortcuts.channels", keys: [option, "↑ ↓"] },
  { text: "shell.shortcuts.unread", keys: [option, shift, "↑ ↓"] },
  { text: "shell.shortcuts.servers", keys: [command, option, "↑ ↓"] },
  { text: "shell.shortcuts.members", keys: [command, shift, "U"] },
  { text: "shell.shortcuts.escape", keys: ["Esc"] },
  { text: "shell.shortcuts.landmarks", keys: ["F6"] },
  { text: "shell.shortcuts.shortcuts", keys: [command, "/"] },
]

/** The keys of the shell. */
export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t("shell.shortcuts.title")} onClose={onClose}>
      <dl className="shortcuts">
        {shortcuts.map(({ text, keys }) => (
          <div key={text}>
            <dt>{t(text)}</dt>
            <dd>{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
