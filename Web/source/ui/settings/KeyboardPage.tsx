import type { TextKey } from "../language/en"
import { Card, Kbd } from "../design"
import { t } from "../language/t"

const sections: readonly { readonly title: TextKey; readonly keys: readonly (readonly [text: TextKey, ...keys: string[]])[] }[] = [
  {
    title: "settings.keyboard.around", keys: [
      ["settings.keyboard.switcher", "mod+k"], ["settings.keyboard.search", "mod+f"], ["settings.keyboard.searchAll", "mod+shift+f"], ["settings.keyboard.channels", "alt+arrowup", "alt+arrowdown"],
      ["settings.keyboard.unread", "alt+shift+arrowup", "alt+shift+arrowdown"], ["settings.keyboard.servers", "mod+alt+arrowup", "mod+alt+arrowdown"], ["settings.keyboard.members", "mod+shift+u"], ["settings.keyboard.landmarks", "f6"],
      ["settings.keyboard.shortcuts", "mod+/"], ["settings.keyboard.escape", "escape"],
    ],
  },
  { title: "settings.keyboard.messages", keys: [["settings.keyboard.walk", "arrowup", "arrowdown"], ["settings.keyboard.newest", "end"], ["settings.keyboard.edit", "arrowup"]] },
  {
    title: "settings.keyboard.writing", keys: [
      ["settings.keyboard.bold", "mod+b"], ["settings.keyboard.italic", "mod+i"], ["settings.keyboard.strike", "mod+shift+x"], ["settings.keyboard.code", "mod+e"], ["settings.keyboard.spoiler", "mod+shift+s"], ["settings.keyboard.link", "mod+shift+k"],
      ["settings.keyboard.quote", "mod+shift+9"], ["settings.keyboard.list", "mod+shift+8"],
    ],
  },
]

/** All keys that do something. */
export function KeyboardPage() {
  return (
    <>
      {sections.map((section) => (
        <Card key={section.title} title={t(section.title)} level={2}>
          <ul className="settings-list">
            {section.keys.map(([text, ...keys]) => <li key={text}><span className="settings-list-text">{t(text)}</span><span className="settings-buttons">{keys.map((one) => <Kbd key={one} keys={one} />)}</span></li>)}
          </ul>
        </Card>
      ))}
    </>
  )
}
