import { asBoolean, asNumber, asObject, asString, type JSONObject } from "../../matrix/base/read"
import type { Accounts } from "../../matrix/contract/session"

/** What a Martlet server tells of itself to anybody. Other servers tell nothing of it. */
export interface ServerFacts {
  /** What the operator calls it. */
  readonly title: string | undefined
  readonly serverName: string | undefined
  readonly description: string | undefined
  readonly version: string | undefined
  /** Whether it sends mail: only then a forgotten password can be set anew. */
  readonly hasMail: boolean
  readonly minimumPasswordLength: number
  /** Whether this client may be used with other servers. */
  readonly allowsOthers: boolean
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
  const registration = asObject(answer.registration)
  return {
    title: asString(answer.title), serverName: asString(answer.server_name), description: asString(answer.description),
    version: asString(answer.version),
    hasMail: asString(registration?.email) !== "off", minimumPasswordLength: asNumber(registration?.minimum_password_length) ?? 8, allowsOthers: asBoolean(answer.other_homeservers) ?? true,
  }
}
