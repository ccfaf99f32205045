import { asBoolean, asNumber, asObject, asString, asStrings, asArray, member } from "../base/read"
import type { JSONObject, JSONValue } from "../base/read"
import type { Platform, HTTPResponse } from "../contract/platform"
import { MatrixError } from "../contract/session"
import type { API } from "../contract/session"
import type { Credentials } from "./Credentials"
import { refreshTokens } from "./refreshTokens"

export type Query = Record<string, string | number | boolean | readonly string[] | undefined>

export interface CallOptions {
  readonly query?: Query
  readonly body?: JSONValue
  readonly rawBody?: Blob | Uint8Array
  readonly contentType?: string
  readonly signal?: AbortSignal
  readonly answer?: "json" | "blob"
  /** Milliseconds until the call is given up as unanswered. */
  readonly timeout?: number
  readonly onUpload?: (sent: number, total: number) => void
  /** Waits that the server demands (M_LIMIT_EXCEEDED) are kept, unless this is false. */
  readonly waits?: boolean
}

const defaultTimeout = 60_000
const mostWaits = 5
const longestWait = 60_000

/** Calls to a homeserver; with credentials those of an account, which are refreshed where needed. */
export class ClientAPI implements API {
  constructor(private readonly platform: Platform, readonly homeserver: string, private readonly credentials?: Credentials) {}

  async get(path: string, query?: Query, signal?: AbortSignal): Promise<JSONObject> {
    return this.json("GET", path, { ...(query && { query }), ...(signal && { signal }) })
  }

  async post(path: string, body: JSONValue = {}, query?: Query, signal?: AbortSignal): Promise<JSONObject> {
    return this.json("POST", path, { body, ...(query && { query }), ...(signal && { signal }) })
  }

  async put(path: string, body: JSONValue, query?: Query): Promise<JSONObject> {
    return this.json("PUT", path, { body, ...(query && { query }) })
  }

  async delete(path: string, body?: JSONValue): Promise<JSONObject> {
    return this.json("DELETE", path, body === undefined ? {} : { body })
  }

  /** A call whose answer is a list. */
  async getList(path: string, query?: Query): Promise<readonly JSONValue[]> {
    return asArray((await this.call("GET", path, query === undefined ? {} : { query })).body)
  }

  /** A call whose answer is an object; throws `MatrixError` for anything but success. */
  async json(method: "GET" | "POST" | "PUT" | "DELETE", path: string, options: CallOptions = {}): Promise<JSONObject> {
    const response = await this.call(method, path, options)
    return asObject(response.body) ?? {}
  }

  /** A call whose answer is a file. */
  async blob(path: string, options: CallOptions = {}): Promise<Blob> {
    const response = await this.call("GET", path, { ...options, answer: "blob" })
    if (response.body instanceof Blob) return response.body
    throw new MatrixError("M_UNKNOWN", "The answer is no file.", response.status)
  }

  async interactive(
    method: "POST" | "PUT" | "DELETE", path: string, body: JSONObject, authenticate: Parameters<API["interactive"]>[3],
  ): Promise<JSONObject> {
    let auth: JSONObject | undefined
    let session = ""
    for (;;) {
      try {
        return await this.json(method, path, { body: auth === undefined ? body : { ...body, auth } })
      } catch (error) {
        if (!(error instanceof MatrixError) || error.status !== 401 || !Array.isArray(member(error.body, "flows"))) throw error
        session = asString(error.body["session"]) ?? session
        const stage = {
          session,
          flows: asArray(error.body["flows"]).map((flow) => asStrings(member(flow, "stages"))),
          completed: asStrings(error.body["completed"]),
          params: asObject(error.body["params"]) ?? {},
          // The first answer only says what is wanted; a code in a later one says what was wrong.
          error: auth === undefined || error.body["errcode"] === undefined ? undefined : error.message,
        }
        const next = await authenticate(stage)
        if (next === undefined) throw new MatrixError("M_CANCELLED", "Cancelled.", 0)
        auth = { session, ...next }
      }
    }
  }

  private async call(method: "GET" | "POST" | "PUT" | "DELETE", path: string, options: CallOptions): Promise<HTTPResponse> {
    let isRefreshed = false
    for (let waits = 0; ;) {
      const token = await this.token()
      const response = await this.once(method, path, options, token)
      if (response.status >= 200 && response.status < 300) return response
      const error = errorOf(response)
      if (error.code === "M_LIMIT_EXCEEDED" && options.waits !== false && waits < mostWaits) {
        waits += 1
        const wait = Math.min(longestWait, error.retryAfter ?? 1_000 * 2 ** waits)
        await this.sleep(wait, options.signal)
        continue
      }
      if (error.status === 401 && error.code === "M_UNKNOWN_TOKEN" && this.credentials !== undefined) {
        const isSoft = asBoolean(error.body["soft_logout"]) ?? false
        if (!isRefreshed && (await refreshTokens(this.platform, this.homeserver, this.credentials, token))) {
          isRefreshed = true
          continue
        }
        this.credentials.rejected(isSoft)
      }
      throw error
    }
  }

  /** The token to use, refreshed a little before it ends. */
  private async token(): Promise<string | undefined> {
    const account = this.credentials?.current()
    if (account === undefined || this.credentials === undefined) return undefined
    if (account.refreshToken !== undefined && account.expiresAt !== undefined && account.expiresAt - this.platform.clock.now() < 15_000) {
      await refreshTokens(this.platform, this.homeserver, this.credentials, account.accessToken)
    }
    return this.credentials.current()?.accessToken
  }

  private async once(method: "GET" | "POST" | "PUT" | "DELETE", path: string, options: CallOptions, token: string | undefined): Promise<HTTPResponse> {
    const headers: Record<string, string> = {}
    if (token !== undefined) headers["Authorization"] = `Bearer ${token}`
    if (options.rawBody !== undefined) headers["Content-Type"] = options.contentType ?? "application/octet-stream"
    else if (options.body !== undefined) headers["Content-Type"] = "application/json"
    const body = options.rawBody ?? (options.body === undefined ? undefined : JSON.stringify(options.body))
    const end = new AbortController()
    const cancel = () => end.abort(options.signal?.reason)
    if (isAborted(options.signal)) throw new MatrixError("M_CANCELLED", "Cancelled.", 0)
    options.signal?.addEventListener("abort", cancel, { once: true })
    const timer = setTimeout(() => end.abort(), options.timeout ?? (options.rawBody === undefined ? defaultTimeout : 3_600_000))
    try {
      return await this.platform.fetch({
        method, url: this.homeserver + path + queryText(options.query), headers, signal: end.signal, answer: options.answer ?? "json",
        ...(body !== undefined && { body }), ...(options.onUpload && { onUpload: options.onUpload }),
      })
    } catch (error) {
      if (isAborted(options.signal)) throw new MatrixError("M_CANCELLED", "Cancelled.", 0)
      throw new MatrixError("NETWORK", error instanceof Error ? error.message : "No answer came.", 0)
    } finally {
      clearTimeout(timer)
      options.signal?.removeEventListener("abort", cancel)
    }
  }

  private async sleep(milliseconds: number, signal: AbortSignal | undefined) {
    try {
      await this.platform.clock.sleep(milliseconds, signal)
    } catch {
      throw new MatrixError("M_CANCELLED", "Cancelled.", 0)
    }
  }
}

function queryText(query: Query | undefined): string {
  if (query === undefined) return ""
  const parts: string[] = []
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue
    const values = typeof value === "object" ? value : [value]
    for (const one of values) parts.push(`${encodeURIComponent(name)}=${encodeURIComponent(String(one))}`)
  }
  return parts.length === 0 ? "" : `?${parts.join("&")}`
}

/** What an unsuccessful answer says. */
export function errorOf(response: HTTPResponse): MatrixError {
  const body = asObject(response.body) ?? {}
  const code = asString(body["errcode"]) ?? (response.status === 429 ? "M_LIMIT_EXCEEDED" : response.status >= 500 ? "SERVER" : "M_UNKNOWN")
  const seconds = Number(response.headers.get("Retry-After") ?? "")
  const retryAfter = asNumber(body["retry_after_ms"]) ?? (seconds > 0 ? seconds * 1_000 : undefined)
  return new MatrixError(code, asString(body["error"]) ?? `The server answered ${response.status}.`, response.status, retryAfter, body)
}

/** Whether trying the same again later may help: no answer, a broken server, or too many requests. */
export function isTemporary(error: unknown): boolean {
  if (!(error instanceof MatrixError)) return false
  return error.code === "NETWORK" || error.code === "M_LIMIT_EXCEEDED" || error.status >= 500 || error.status === 408 || error.status === 429
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}
