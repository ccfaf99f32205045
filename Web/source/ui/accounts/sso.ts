import type { Settings } from "../../matrix/contract/platform"

const key = "martlet.sso"

/** Leaves for the server's page of a provider; it comes back with a token in the address. */
export function beginSSO(settings: Settings, homeserver: string, provider: string | undefined) {
  settings.set(key, homeserver)
  const address = new URL(`/_matrix/client/v3/login/sso/redirect${provider === undefined ? "" : `/${encodeURIComponent(provider)}`}`, homeserver)
  address.searchParams.set("redirectUrl", `${location.origin}/#/sign-in`)
  location.assign(address)
}

/** What the provider sent back, once; the address is cleared of it. */
export function takeSSO(settings: Settings): { homeserver: string; token: string } | undefined {
  const token = new URLSearchParams(location.search).get("loginToken")
  const homeserver = settings.get(key)
  settings.set(key, undefined)
  history.replaceState(null, "", `/${location.hash}`)
  return token === null || homeserver === undefined ? undefined : { homeserver, token }
}
