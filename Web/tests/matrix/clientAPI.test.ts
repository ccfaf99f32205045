import assert from "node:assert/strict"
import { test } from "node:test"
import { ClientAPI } from "../../source/matrix/api/ClientAPI"
import type { Credentials } from "../../source/matrix/api/Credentials"
import type { JSONValue } from "../../source/matrix/base/read"
import type { HTTPRequest, HTTPResponse } from "../../source/matrix/contract/platform"
import { MatrixError } from "../../source/matrix/contract/session"
import type { AccountRecord } from "../../source/matrix/contract/session"
import { MemoryBrowser } from "./support/MemoryPlatform"

interface Answer { readonly status: number; readonly body?: JSONValue; readonly headers?: { [name: string]: string } }

/** A server that gives these answers in turn. */
function scripted(answers: readonly (Answer | Error)[]) {
  const asked: HTTPRequest[] = []
  const browser = new MemoryBrowser(async (request) => {
    asked.push(request)
    const answer = answers[asked.length - 1]
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error("nothing more is scripted")
    return { status: answer.status, body: answer.body ?? {}, headers: { get: (name) => answer.headers?.[name] ?? null } }
  })
  return { platform: browser.tab(), asked }
}

function credentials(start: AccountRecord): Credentials & { rejections: boolean[] } {
  let account = start
  const rejections: boolean[] = []
  return { userId: start.userId, current: () => account, renew: (next) => (account = next), rejected: (soft) => rejections.push(soft), rejections }
}

const account: AccountRecord = { userId: "@a:x", deviceId: "D", homeserver: "https://x", accessToken: "old", refreshToken: "again" }

test("waits where the server says so, then tries again", async () => {
  const { platform, asked } = scripted([{ status: 429, body: { errcode: "M_LIMIT_EXCEEDED", retry_after_ms: 20 } }, { status: 200, body: { fine: true } }])
  assert.deepEqual(await new ClientAPI(platform, "https://x").get("/_matrix/a"), { fine: true })
  assert.equal(asked.length, 2)
})

test("a token that ended is refreshed once, for all calls that wait", async () => {
  let isRefreshed = false
  let refreshes = 0
  const browser = new MemoryBrowser(async (request): Promise<HTTPResponse> => {
    const headers = { get: () => null }
    if (request.url.endsWith("/refresh")) {
      refreshes += 1
      isRefreshed = true
      return { status: 200, headers, body: { access_token: "new", refresh_token: "next", expires_in_ms: 60_000 } }
    }
    if (request.headers["Authorization"] === "Bearer new" && isRefreshed) return { status: 200, headers, body: { fine: true } }
    return { status: 401, headers, body: { errcode: "M_UNKNOWN_TOKEN", soft_logout: true } }
  })
  const kept = credentials(account)
  const api = new ClientAPI(browser.tab(), "https://x", kept)
  await Promise.all([api.get("/_matrix/a"), api.get("/_matrix/b"), api.get("/_matrix/c")])
  assert.equal(refreshes, 1)
  assert.equal(kept.current()?.refreshToken, "next")
  assert.deepEqual(kept.rejections, [])
})

test("a token that cannot be refreshed signs out, softly where the server says so", async () => {
  const { platform } = scripted([{ status: 401, body: { errcode: "M_UNKNOWN_TOKEN", soft_logout: true } }, { status: 401, body: { errcode: "M_UNKNOWN_TOKEN" } }])
  const kept = credentials(account)
  await assert.rejects(new ClientAPI(platform, "https://x", kept).get("/_matrix/a"), (error: unknown) => error instanceof MatrixError && error.code === "M_UNKNOWN_TOKEN")
  assert.deepEqual(kept.rejections, [true])
})

test("a call that asks for authentication gets it, and may be given up", async () => {
  const flows = { session: "s", flows: [{ stages: ["m.login.password"] }], params: {} }
  const { platform, asked } = scripted([
    { status: 401, body: flows }, { status: 401, body: { ...flows, errcode: "M_FORBIDDEN", error: "wrong" } }, { status: 200, body: { done: true } }, { status: 401, body: flows },
  ])
  const api = new ClientAPI(platform, "https://x")
  const errors: (string | undefined)[] = []
  const answer = await api.interactive("POST", "/_matrix/a", { x: 1 }, async (stage) => {
    errors.push(stage.error)
    return { type: "m.login.password", password: "p" }
  })
  assert.deepEqual(answer, { done: true })
  assert.deepEqual(errors, [undefined, "wrong"])
  assert.deepEqual(JSON.parse(String(asked[1]?.body)), { x: 1, auth: { session: "s", type: "m.login.password", password: "p" } })
  await assert.rejects(api.interactive("POST", "/_matrix/a", {}, async () => undefined), (error: unknown) => error instanceof MatrixError && error.code === "M_CANCELLED")
})

test("no answer is an error of the network, a cancelled call is none", async () => {
  const { platform } = scripted([new TypeError("failed to fetch")])
  const api = new ClientAPI(platform, "https://x")
  await assert.rejects(api.get("/_matrix/a"), (error: unknown) => error instanceof MatrixError && error.code === "NETWORK")
  const end = new AbortController()
  end.abort()
  await assert.rejects(api.get("/_matrix/a", {}, end.signal), (error: unknown) => error instanceof MatrixError && error.code === "M_CANCELLED")
})
