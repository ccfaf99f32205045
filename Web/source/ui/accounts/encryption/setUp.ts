import { asObject, asString, asStrings, asArray, type JSONObject } from "../../../matrix/base/read"
import type { Session } from "../../../matrix/contract/session"
import { t } from "../../language/t"
import { askInDialog, nextStage, type AuthStage } from "../authentication"
import { rememberedPassword } from "../passwordMemory"

/** Encryption hands the stage through as it came. */
function asStage(value: unknown): AuthStage {
  const object = asObject(value)
  return {
    session: asString(object?.session) ?? "", flows: asArray(object?.flows).map(asStrings), completed: asStrings(object?.completed),
    params: asObject(object?.params) ?? {}, error: asString(object?.error),
  }
}

/** Answers only what can be answered without asking anybody. */
export function silentAuthentication(session: Session): (stage: unknown) => Promise<JSONObject | undefined> {
  let hasTried = false
  return async (value): Promise<JSONObject | undefined> => {
    const stage = asStage(value)
    const next = nextStage(stage)
    if (next === "m.login.dummy") return { type: next, session: stage.session }
    const password = rememberedPassword(session.userId)
    if (next !== "m.login.password" || password === undefined || hasTried) return undefined
    hasTried = true
    return { type: next, session: stage.session, identifier: { type: "m.id.user", user: session.userId }, password }
  }
}

/** Asks for the password, or whatever the server wants, in a dialog. */
export function askingAuthentication(session: Session, title: string = t("accounts.stage.title")): (stage: unknown) => Promise<JSONObject | undefined> {
  const ask = askInDialog(session.api, session.userId, title)
  return (stage) => ask(asStage(stage))
}
