import { asBoolean, asObject, asString, member, type JSONObject } from "../../matrix/base/read"
import type { Accounts } from "../../matrix/contract/session"

/** What a Martlet server tells of itself to anybody. Other servers tell nothing of it. */
export interface ServerFacts {
  readonly name: string | undefined
  readonly serverName: string | undefined
  readonly description: string | undefined
  readonly version: string | undefined
  /** Whether a forgotten password can be set anew by e-mail; undefined where it is not said. */
  readonly resetsByMail: boolean | undefined
  readonly contact: string | undefined
}

/** Asks a server; nothing where it is not a Martlet. */
export async function serverFacts(accounts: Accounts, homeserver: string): Promise<ServerFacts | undefined> {
  try {
    return readFacts(await accounts.publicAPI(homeserver).get("/_martlet/client/v1/server"))
  } catch {
    // Another kind of server, or none that answers: what is needed shows at signing in.
    return undefined
  }
}

function readFacts(answer: JSONObject): ServerFacts {
  const mail = asObject(answer.email)
  return {
    name: asString(answer.name), serverName: asString(answer.server_name), description: asString(answer.description),
    version: asString(answer.version) ?? asString(member(answer, "software", "version")),
    resetsByMail: asBoolean(answer.password_reset) ?? asBoolean(mail?.password_reset) ?? asBoolean(mail?.enabled), contact: asString(answer.contact),
  }
}
