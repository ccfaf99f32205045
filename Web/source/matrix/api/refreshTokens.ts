import { asNumber, asObject, asString } from "../base/read"
import type { Platform } from "../contract/platform"
import type { AccountRecord } from "../contract/session"
import type { Credentials } from "./Credentials"

/** Gets a new access token, one tab at a time; false where the account has no way to, or the server refused. `used` is the token that failed. */
export async function refreshTokens(platform: Platform, homeserver: string, credentials: Credentials, used: string | undefined): Promise<boolean> {
  if (credentials.current()?.refreshToken === undefined) return false
  return platform.locks.run(`martlet:refresh:${credentials.userId}`, async () => {
    const account = credentials.current()
    if (account?.refreshToken === undefined) return false
    // Another tab may have been quicker.
    if (account.accessToken !== used) return true
    const response = await platform.fetch({
      method: "POST", url: `${homeserver}/_matrix/client/v3/refresh`, headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ refresh_token: account.refreshToken }), answer: "json",
    })
    const body = asObject(response.body)
    const token = asString(body?.["access_token"])
    if (response.status !== 200 || token === undefined) return false
    const expires = asNumber(body?.["expires_in_ms"])
    const next: AccountRecord = {
      userId: account.userId, deviceId: account.deviceId, homeserver: account.homeserver, accessToken: token,
      refreshToken: asString(body?.["refresh_token"]) ?? account.refreshToken,
      ...(expires !== undefined && { expiresAt: platform.clock.now() + expires }),
    }
    credentials.renew(next)
    return true
  })
}
