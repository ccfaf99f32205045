import { forwardRef, type AnchorHTMLAttributes, type MouseEvent } from "react"
import { href, type Route } from "../navigation/route"
import { navigate } from "../navigation/useRoute"

/** A link to something in the client. Opens in a new tab where somebody asks for it, as any link. */
export const RouteLink = forwardRef<HTMLAnchorElement, { route: Route } & AnchorHTMLAttributes<HTMLAnchorElement>>(
  function RouteLink({ route, onClick, children, ...attributes }, ref) {
    const clicked = (event: MouseEvent<HTMLAnchorElement>) => {
      onClick?.(event)
      if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
      event.preventDefault()
      navigate(route)
    }
    return <a {...attributes} ref={ref} href={`${location.origin}/${href(route)}`} onClick={clicked}>{children}</a>
  })
