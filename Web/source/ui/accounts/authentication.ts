import { Value } from "../../matrix/base/observable"
import type { JSONObject } from "../../matrix/base/read"
import type { API } from "../../matrix/contract/session"
import { rememberedPassword } from "./passwordMemory"

/** What a server asks for before it does something. */
export type AuthStage = Parameters<Parameters<API["interactive"]>[3]>[0]
export type Authenticate = Parameters<API["interactive"]>[3]

/** Stages that there is a form for; any other is done in a page of the server's. */
export const knownStages = ["m.login.password", "m.login.dummy", "m.login.email.identity", "m.login.terms", "m.login.registration_token"] as const

/** The next stage of the easiest flow: fewest stages left, those with forms first. */
export function nextStage(stage: AuthStage): string | undefined {
  const rest = stage.flows.map((flow) => flow.filter((one) => !stage.completed.includes(one)))
  const weight = (flow: readonly string[]) => flow.reduce((sum, one) => sum + (one === "m.login.dummy" ? 0.1 : (knownStages as readonly string[]).includes(one) ? 1 : 3), 0)
  return [...rest].sort((a, b) => weight(a) - weight(b))[0]?.[0]
}

export interface Question {
  readonly stage: AuthStage
  readonly userId: string | undefined
  readonly api: API
  /** What it is for: the heading of the dialog. */
  readonly title: string
  readonly answer: (auth: JSONObject | undefined) => void
}

/** What waits for an answer; `AuthenticationHost` shows it. */
export const question = new Value<Question | undefined>(undefined)

/** An `authenticate` that asks in a dialog. A password that was typed a moment ago is tried first. */
export function askInDialog(api: API, userId: string | undefined, title: string): Authenticate {
  let hasTriedMemory = false
  return async (stage) => {
    const next = nextStage(stage)
    if (next === "m.login.dummy") return { type: next, session: stage.session }
    const password = userId === undefined || next !== "m.login.password" || hasTriedMemory ? undefined : rememberedPassword(userId)
    if (next !== undefined && password !== undefined && userId !== undefined) {
      hasTriedMemory = true
      return { type: next, session: stage.session, identifier: { type: "m.id.user", user: userId }, password }
    }
    question.get()?.answer(undefined)
    return new Promise((resolve) => {
      question.set({
        stage, userId, api, title,
        answer: (auth) => {
          question.set(undefined)
          resolve(auth)
        },
      })
    })
  }
}
