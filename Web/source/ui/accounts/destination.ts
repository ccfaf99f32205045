import { href, parseRoute, type Route } from "../navigation/route"
import { navigate } from "../navigation/useRoute"

const key = "martlet.destination"

/** Keeps where somebody wanted to go while they sign in or up; until the tab is closed. */
export function rememberDestination(route: Route) {
  // Settings are where one signs out: nobody wants to begin there.
  if (route.kind === "sign-in" || route.kind === "sign-up" || route.kind === "settings" || (route.kind === "home" && route.section === undefined)) return
  sessionStorage.setItem(key, href(route))
}

/** Goes there, once; home where nothing was kept. */
export function goToDestination() {
  const kept = sessionStorage.getItem(key)
  sessionStorage.removeItem(key)
  navigate(kept === null ? { kind: "home", section: undefined } : parseRoute("/", kept), { replace: true })
}
