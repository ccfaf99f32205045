import { asArray, asObject, asString, member } from "../base/read"
import type { JSONValue } from "../base/read"
import type { HTTPResponse, Platform } from "../contract/platform"
import { MatrixError } from "../contract/session"

/** From a server name, user ID or address to the base URL, through .well-known and /versions. */
export async function discover(platform: Platform, server: string): Promise<{ homeserver: string; serverName: string | undefined }> {
  let text = server.trim().replace(/\/+$/, "")
  if (text.startsWith("@")) text = text.slice(text.indexOf(":") + 1)
  if (text === "") throw new MatrixError("M_INVALID_PARAM", "No server is named.", 0)
  if (/^https?:\/\//i.test(text)) {
    const url = new URL(text)
    await check(platform, url.origin)
    return { homeserver: url.origin, serverName: undefined }
  }
  const known = await wellKnown(platform, text)
  if (known !== undefined) {
    await check(platform, known)
    return { homeserver: known, serverName: text }
  }
  const isLocal = /^(localhost|127\.|\[::1\])/.test(text)
  const candidates = isLocal ? [`http://${text}`, `https://${text}`] : [`https://${text}`]
  let failure: unknown
  for (const candidate of candidates) {
    try {
      await check(platform, candidate)
      return { homeserver: candidate, serverName: text }
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

async function wellKnown(platform: Platform, name: string): Promise<string | undefined> {
  const isLocal = /^(localhost|127\.|\[::1\])/.test(name)
  try {
    const response = await answer(platform, `${isLocal ? "http" : "https"}://${name}/.well-known/matrix/client`)
    if (response.status !== 200) return undefined
    const base = asString(member(response.body as JSONValue, "m.homeserver", "base_url"))
    if (base === undefined) return undefined
    const url = new URL(base)
    return (url.origin + url.pathname).replace(/\/+$/, "")
  } catch {
    // "If the request fails … IGNORE": the name itself is then tried.
    return undefined
  }
}

/** Whether a Matrix server answers there. */
async function check(platform: Platform, homeserver: string) {
  let response: HTTPResponse
  try {
    response = await answer(platform, `${homeserver}/_matrix/client/versions`)
  } catch {
    throw new MatrixError("NETWORK", "No answer came.", 0)
  }
  if (response.status !== 200 || asArray(asObject(response.body)?.["versions"]).length === 0) {
    throw new MatrixError("M_UNRECOGNIZED", "There is no Matrix server at that address.", response.status)
  }
}

async function answer(platform: Platform, url: string): Promise<HTTPResponse> {
  const end = new AbortController()
  const timer = setTimeout(() => end.abort(), 15_000)
  try {
    return await platform.fetch({ method: "GET", url, headers: {}, signal: end.signal, answer: "json" })
  } finally {
    clearTimeout(timer)
  }
}
