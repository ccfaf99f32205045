import { Fragment } from "react"
import { isApple, keyLabels } from "./hotkeys"
import "./Kbd.css"

/** Keys as caps: "mod+shift+k"; `mod` is ⌘ on Apple's machines and Ctrl elsewhere. */
export function Kbd({ keys }: { readonly keys: string }) {
  return (
    <span className="kbd-group">
      {keyLabels(keys).map((label, index) => <Fragment key={label}>{index > 0 && !isApple && <span aria-hidden="true">+</span>}<kbd className="kbd">{label}</kbd></Fragment>)}
    </span>
  )
}
