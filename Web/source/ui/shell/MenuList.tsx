import { Icon } from "../design/Icon"
import type { ShellMenuItem } from "./menuItems"
import { failureText } from "./actions"
import { useFailure } from "./useFailure"

/** The entries of a menu as a list on the page. */
export function MenuList({ items }: { items: readonly ShellMenuItem[] }) {
  const fail = useFailure()
  const run = (item: Exclude<ShellMenuItem, { kind: "line" }>) => {
    Promise.resolve(item.run()).catch((error: unknown) => fail(failureText(error)))
  }
  return (
    <div className="menu-list">
      {items.map((item) => {
        if (item.kind === "line") return <hr key={item.key} />
        if (item.kind === "check") {
          return <button key={item.key} type="button" role="switch" aria-checked={item.isChosen} onClick={() => run(item)}><Icon name={item.isChosen ? "bell-off" : "bell"} size={18} /><span>{item.label}</span>{item.isChosen && <Icon name="check" size={18} />}</button>
        }
        if (item.kind === "choice") {
          return <button key={item.key} type="button" aria-pressed={item.isChosen} onClick={() => run(item)}><Icon name={item.isChosen ? "circle-dot" : "circle"} size={18} /><span>{item.label}</span>{item.isChosen && <Icon name="check" size={18} />}</button>
        }
        return <button key={item.key} type="button" disabled={item.isDisabled} onClick={() => run(item)}>{item.icon !== undefined && <Icon name={item.icon} size={18} />}<span>{item.label}</span></button>
      })}
    </div>
  )
}
