import { asArray, asBoolean, asNumber, asObject, asString } from "../base/read"
import type { JSONObject, JSONValue } from "../base/read"
import { Value } from "../base/observable"
import type { Observable } from "../base/observable"
import { ClientAPI } from "../api/ClientAPI"
import type { Credentials } from "../api/Credentials"
import { discover } from "../api/discover"
import { loginFlows } from "../api/loginFlows"
import type { Platform } from "../contract/platform"
import { MatrixError } from "../contract/session"
import type { API, AccountRecord, Accounts, LoginFlows, Session } from "../contract/session"

const accountsKey = "martlet.accounts"
const currentKey = "martlet.current"

/** The accounts that this browser knows, kept in the settings; several may be signed in. */
export class AccountList implements Accounts {
  private readonly records: Value<readonly AccountRecord[]>
  private readonly selected: Value<string | undefined>

  constructor(private readonly platform: Platform, private readonly openSession: (account: AccountRecord, accounts: AccountList) => Promise<Session>) {
    this.records = new Value<readonly AccountRecord[]>(this.read(), (a, b) => JSON.stringify(a) === JSON.stringify(b))
    this.selected = new Value(this.readCurrent())
    platform.settings.subscribe(() => this.reload())
  }

  get list(): Observable<readonly AccountRecord[]> {
    return this.records
  }

  get current(): Observable<string | undefined> {
    return this.selected
  }

  select(userId: string) {
    this.platform.settings.set(currentKey, userId)
    this.reload()
  }

  discover(server: string) {
    return discover(this.platform, server)
  }

  loginFlows(homeserver: string): Promise<LoginFlows> {
    return loginFlows(this.publicAPI(homeserver))
  }

  async login(homeserver: string, request: JSONObject): Promise<AccountRecord> {
    const body = { initial_device_display_name: "Martlet", refresh_token: true, ...request }
    return this.accountOf(homeserver, await this.publicAPI(homeserver).post("/_matrix/client/v3/login", body))
  }

  async register(
    homeserver: string, request: { username: string; password: string }, authenticate: Parameters<API["interactive"]>[3],
  ): Promise<AccountRecord> {
    const body = { ...request, initial_device_display_name: "Martlet", refresh_token: true }
    return this.accountOf(homeserver, await this.publicAPI(homeserver).interactive("POST", "/_matrix/client/v3/register", body, authenticate))
  }

  async isUsernameFree(homeserver: string, username: string) {
    try {
      const answer = await this.publicAPI(homeserver).get("/_matrix/client/v3/register/available", { username })
      return { isFree: asBoolean(answer["available"]) ?? true, reason: undefined }
    } catch (error) {
      if (!(error instanceof MatrixError) || !["M_USER_IN_USE", "M_INVALID_USERNAME", "M_EXCLUSIVE"].includes(error.code)) throw error
      return { isFree: false, reason: error.code }
    }
  }

  add(account: AccountRecord) {
    this.write([...this.read().filter((one) => one.userId !== account.userId), account])
    this.platform.settings.set(currentKey, account.userId)
    this.reload()
  }

  /** Forgets an account that was signed out. */
  remove(userId: string) {
    this.write(this.read().filter((one) => one.userId !== userId))
    if (this.platform.settings.get(currentKey) === userId) this.platform.settings.set(currentKey, undefined)
    this.reload()
  }

  open(account: AccountRecord): Promise<Session> {
    return this.openSession(account, this)
  }

  publicAPI(homeserver: string): API {
    return new ClientAPI(this.platform, homeserver)
  }

  /** The tokens of an account, read anew each time, as another tab may have refreshed them. */
  credentials(account: AccountRecord, rejected: (isSoft: boolean) => void): Credentials {
    const find = () => this.read().find((one) => one.userId === account.userId && one.deviceId === account.deviceId)
    return {
      userId: account.userId,
      current: () => find() ?? account,
      renew: (next) => {
        this.write(this.read().map((one) => (one.userId === next.userId && one.deviceId === next.deviceId ? next : one)))
        this.reload()
      },
      rejected,
    }
  }

  private accountOf(homeserver: string, answer: JSONObject): AccountRecord {
    const userId = asString(answer["user_id"])
    const accessToken = asString(answer["access_token"])
    const deviceId = asString(answer["device_id"])
    if (userId === undefined || accessToken === undefined || deviceId === undefined) {
      throw new MatrixError("M_UNKNOWN", "The server signed nobody in.", 200, undefined, answer)
    }
    const refreshToken = asString(answer["refresh_token"])
    const expires = asNumber(answer["expires_in_ms"])
    return {
      userId, deviceId, homeserver, accessToken,
      ...(refreshToken !== undefined && { refreshToken }),
      ...(expires !== undefined && { expiresAt: this.platform.clock.now() + expires }),
    }
  }

  private reload() {
    this.records.set(this.read())
    this.selected.set(this.readCurrent())
  }

  private readCurrent(): string | undefined {
    const accounts = this.read()
    const wanted = this.platform.settings.get(currentKey)
    return accounts.some((one) => one.userId === wanted) ? wanted : accounts[0]?.userId
  }

  private read(): AccountRecord[] {
    let parsed: JSONValue = null
    try {
      parsed = JSON.parse(this.platform.settings.get(accountsKey) ?? "[]") as JSONValue
    } catch {
      this.platform.log("warning", "the list of accounts cannot be read")
    }
    return asArray(parsed).flatMap((value) => {
      const one = asObject(value)
      const [userId, deviceId] = [asString(one?.["userId"]), asString(one?.["deviceId"])]
      const [homeserver, accessToken] = [asString(one?.["homeserver"]), asString(one?.["accessToken"])]
      if (userId === undefined || deviceId === undefined || homeserver === undefined || accessToken === undefined) return []
      const refreshToken = asString(one?.["refreshToken"])
      const expiresAt = asNumber(one?.["expiresAt"])
      return [{
        userId, deviceId, homeserver, accessToken,
        ...(refreshToken !== undefined && { refreshToken }), ...(expiresAt !== undefined && { expiresAt }),
      }]
    })
  }

  private write(accounts: readonly AccountRecord[]) {
    this.platform.settings.set(accountsKey, JSON.stringify(accounts))
  }
}
