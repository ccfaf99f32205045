import type { JSONObject } from "../../base/read"
import { path } from "../../base/path"
import { MatrixError } from "../../contract/session"
import type { EncryptionContext } from "../machine/EncryptionContext"

/** Account data as far as it is known, with what was just written and what has not come through sync yet. */
export class AccountData {
  /** What was written or asked for here and did not come through sync since; null where there is nothing. */
  private readonly ahead = new Map<string, JSONObject | null>()
  private readonly ends: (() => void)[] = []
  private readonly followed = new Set<string>()

  constructor(private readonly context: EncryptionContext, private readonly changed: (type: string) => void) {}

  /** Tells of changes of a type from now on, also where nobody asked for it yet. */
  follow(type: string) {
    if (this.followed.has(type)) return
    this.followed.add(type)
    this.ends.push(this.context.host.onAccountData(type, () => {
      this.ahead.delete(type)
      this.changed(type)
    }))
  }

  async get(type: string): Promise<JSONObject | undefined> {
    this.follow(type)
    const ahead = this.ahead.get(type)
    if (ahead !== undefined && ahead !== null) return ahead
    const synced = this.context.host.accountData(type)
    if (synced !== undefined) return synced
    // A new device may not have come so far in its first sync; the server knows.
    if (ahead === undefined) this.ahead.set(type, await this.ask(type))
    return this.ahead.get(type) ?? undefined
  }

  async set(type: string, content: JSONObject): Promise<void> {
    this.follow(type)
    await this.context.host.setAccountData(type, content)
    this.ahead.set(type, content)
  }

  stop() {
    for (const end of this.ends) end()
  }

  private async ask(type: string): Promise<JSONObject | null> {
    try {
      return await this.context.api.get(path`/_matrix/client/v3/user/${this.context.userId}/account_data/${type}`)
    } catch (error) {
      if (error instanceof MatrixError && error.status === 404) return null
      throw error
    }
  }
}
