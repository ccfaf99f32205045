import { MenuCheckItem, MenuItem, MenuLine, MenuRadioItem } from "../design"
import { failureText } from "./actions"
import type { ShellMenuItem } from "./menuItems"
import { useFailure } from "./useFailure"

/** The entries of a menu. What fails is told at the edge of the screen. */
export function ShellMenuRows({ items }: { items: readonly ShellMenuItem[] }) {
  const fail = useFailure()
  const run = (item: Exclude<ShellMenuItem, { kind: "line" }>) => () => {
    // After the menu has closed and given the focus back.
    setTimeout(() => {
      Promise.resolve().then(item.run).catch((error: unknown) => fail(failureText(error)))
    }, 0)
  }
  return (
    <>
      {items.map((item) => {
        switch (item.kind) {
          case "line":
            return <MenuLine key={item.key} />
          case "choice":
            return <MenuRadioItem key={item.key} isChecked={item.isChosen} hint={item.hint} onSelect={run(item)}>{item.label}</MenuRadioItem>
          case "check":
            return <MenuCheckItem key={item.key} keepsOpen={false} isChecked={item.isChosen} onChange={run(item)}>{item.label}</MenuCheckItem>
          case "item":
            return (
              <MenuItem key={item.key} isDanger={item.isDanger === true} isDisabled={item.isDisabled === true} onSelect={run(item)} {...(item.icon === undefined ? {} : { icon: item.icon })}>
                {item.label}
              </MenuItem>
            )
        }
      })}
    </>
  )
}
