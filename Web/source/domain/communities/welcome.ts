import { asString, asStrings, type JSONObject } from "../../matrix/base/read"

/** What a community shows to whom is new, and the channels that they are in from the start. */
export interface Welcome {
  readonly text: string
  readonly rules: readonly string[]
  /** Undefined: the channels that the space suggests. */
  readonly autoJoin: readonly string[] | undefined
}

/** Reads `chat.martlet.welcome`. */
export function readWelcome(content: JSONObject | undefined): Welcome {
  return {
    text: asString(content?.text) ?? "", rules: asStrings(content?.rules).map((rule) => rule.trim()).filter((rule) => rule !== "").slice(0, 50),
    autoJoin: Array.isArray(content?.auto_join) ? asStrings(content?.auto_join).slice(0, 200) : undefined,
  }
}

/** The content that says this. */
export function writeWelcome(welcome: Welcome): JSONObject {
  return { text: welcome.text, rules: [...welcome.rules], ...(welcome.autoJoin === undefined ? {} : { auto_join: [...welcome.autoJoin] }) }
}
