import { createPortal } from "react-dom"
import { announcement } from "../bridge/announce"
import { useObservable } from "../bridge/useObservable"

/** Where what is only seen is told to screen readers. Outside of the root, so that dialogs do not silence it. */
export function Announcements() {
  const { text, count } = useObservable(announcement)
  // The same text twice is told twice: an invisible sign makes it another one.
  return createPortal(<div className="visually-hidden" role="status">{text}{count % 2 === 1 ? "\u00a0" : ""}</div>, document.body)
}
