import { Dialog, Kbd } from "../design"
import { t } from "../language/t"
import type { TextKey } from "../language/en"
import "./ShortcutsDialog.css"

const shortcuts: readonly { text: TextKey; keys: readonly string[] }[] = [
  { text: "shell.shortcuts.switcher", keys: ["mod+k"] },
  { text: "shell.shortcuts.search", keys: ["mod+f"] },
  { text: "shell.shortcuts.searchEverywhere", keys: ["mod+shift+f"] },
  { text: "shell.shortcuts.channels", keys: ["alt+arrowup", "alt+arrowdown"] },
  { text: "shell.shortcuts.unread", keys: ["alt+shift+arrowup", "alt+shift+arrowdown"] },
  { text: "shell.shortcuts.servers", keys: ["mod+alt+arrowup", "mod+alt+arrowdown"] },
  { text: "shell.shortcuts.members", keys: ["mod+shift+u"] },
  { text: "shell.shortcuts.escape", keys: ["escape"] },
  { text: "shell.shortcuts.landmarks", keys: ["f6"] },
  { text: "shell.shortcuts.shortcuts", keys: ["mod+/"] },
]

/** The keys of the shell. */
export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t("shell.shortcuts.title")} onClose={onClose}>
      <dl className="shortcuts">
        {shortcuts.map(({ text, keys }) => (
          <div key={text}>
            <dt>{t(text)}</dt>
            <dd>{keys.map((key) => <Kbd key={key} keys={key} />)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
