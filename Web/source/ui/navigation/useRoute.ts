import { useSyncExternalStore } from "react"
import { href, parseRoute, type Route } from "./route"

let current = parseRoute(location.pathname, location.hash)
let address = location.pathname + location.hash
const listeners = new Set<() => void>()

function reread() {
  const now = location.pathname + location.hash
  if (now === address) return
  address = now
  current = parseRoute(location.pathname, location.hash)
  for (const listener of [...listeners]) listener()
}

window.addEventListener("hashchange", reread)
window.addEventListener("popstate", reread)

/** What is on the screen now. */
export function useRoute(): Route {
  return useSyncExternalStore(subscribe, () => current)
}

/** What is on the screen now, outside of components. */
export function currentRoute(): Route {
  return current
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

/** Shows something else; `replace` leaves no step to go back to. Away from an invite link's path the address becomes the root's. */
export function navigate(route: Route, options: { replace?: boolean } = {}) {
  const target = "/" + href(route)
  if (options.replace) history.replaceState(null, "", target)
  else history.pushState(null, "", target)
  reread()
}
