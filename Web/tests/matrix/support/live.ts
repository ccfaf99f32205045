import { when } from "../../../source/matrix/base/observable"
import type { Observable } from "../../../source/matrix/base/observable"
import { createAccounts } from "../../../source/matrix/session/openSession"
import type { AccountRecord, Session } from "../../../source/matrix/contract/session"
import { MemoryBrowser } from "./MemoryPlatform"

/** The server that live tests run against; they are left out where none is named. */
export const homeserver = process.env["MARTLET_HOMESERVER"]

let counter = 0

/** Somebody new on the server, in a browser of their own. */
export async function newPerson(name: string, browser = new MemoryBrowser()): Promise<{ browser: MemoryBrowser; account: AccountRecord; session: Session }> {
  const accounts = createAccounts(browser.tab())
  counter += 1
  const username = `${name}-${Date.now().toString(36)}${counter}`
  const account = await accounts.register(homeserver ?? "", { username, password: "a long enough one" }, async () => ({ type: "m.login.dummy" }))
  accounts.add(account)
  return { browser, account, session: await openTab(browser, account) }
}

/** The same person on a further device. */
export async function signIn(browser: MemoryBrowser, userId: string): Promise<Session> {
  const accounts = createAccounts(browser.tab())
  const account = await accounts.login(homeserver ?? "", { type: "m.login.password", identifier: { type: "m.id.user", user: userId }, password: "a long enough one" })
  accounts.add(account)
  return openTab(browser, account)
}

/** A further tab, or the same one after a reload. */
export async function openTab(browser: MemoryBrowser, account: AccountRecord): Promise<Session> {
  const session = await createAccounts(browser.tab()).open(account)
  session.start()
  return session
}

/** Waits until the value satisfies the condition, for a bounded time. */
export async function until<T>(source: Observable<T>, condition: (value: T) => boolean, what = "it"): Promise<T> {
  const end = new AbortController()
  const timer = setTimeout(() => end.abort(new Error(`${what} did not come to pass; it was ${describe(source.get())}`)), 10_000)
  try {
    return await when(source, condition, end.signal)
  } finally {
    clearTimeout(timer)
  }
}

function describe(value: unknown): string {
  try {
    return JSON.stringify(value, (_key, one: unknown) => (one instanceof Map ? [...one] : one instanceof Set ? [...one] : one))?.slice(0, 1_500) ?? String(value)
  } catch {
    return String(value)
  }
}
