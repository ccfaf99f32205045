import type { JSONObject } from "../../matrix/base/read"

interface Stage { readonly session: string; readonly flows: readonly (readonly string[])[]; readonly completed: readonly string[]; readonly error: string | undefined }

const known = new Set(["m.login.dummy", "m.login.registration_token", "m.login.terms"])

/** Whether an account can be made with nothing but an invite link: no e-mail, no puzzle. */
export function isSimple(flows: readonly (readonly string[])[]): boolean {
  return flows.some((flow) => flow.every((stage) => known.has(stage)))
}

/**
 * Answers the stages of registration for somebody who comes by an invite link: the link's code is the token. Gives up (undefined) where the server
 * refuses an answer or asks for more.
 */
export function inviteAuthenticator(code: string): (stage: Stage) => Promise<JSONObject | undefined> {
  const tried = new Set<string>()
  return async ({ session, flows, completed }) => {
    const flow = flows.find((one) => one.every((stage) => known.has(stage)))
    const next = flow?.find((stage) => !completed.includes(stage))
    if (next === undefined || tried.has(next)) return undefined
    tried.add(next)
    return { type: next, session, ...(next === "m.login.registration_token" ? { token: code } : {}) }
  }
}
