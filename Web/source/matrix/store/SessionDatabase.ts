import { Value } from "../base/observable"
import { DatabaseLost } from "../contract/platform"
import type { Database, Platform, StoreDeclaration, Transaction } from "../contract/platform"

/** The database of one account, opened anew where the browser took it away or another tab made it over. */
export class SessionDatabase implements Database {
  /** "lost" once everything that was kept is gone and comes from the server again. */
  readonly state = new Value<"kept" | "lost">("kept")
  private reopening: Promise<void> | undefined
  private isClosed = false

  private constructor(
    private readonly platform: Platform, private readonly name: string, private readonly stores: readonly StoreDeclaration[], private current: Database,
  ) {}

  static async open(platform: Platform, name: string, stores: readonly StoreDeclaration[]): Promise<SessionDatabase> {
    return new SessionDatabase(platform, name, stores, await platform.openDatabase(name, stores))
  }

  async transaction<R>(stores: readonly string[], mode: "read" | "write", work: (transaction: Transaction) => Promise<R>): Promise<R> {
    const used = this.current
    try {
      return await used.transaction(stores, mode, work)
    } catch (error) {
      if (!(error instanceof DatabaseLost) || this.isClosed) throw error
      await this.reopen(used)
      return this.current.transaction(stores, mode, work)
    }
  }

  private reopen(used: Database): Promise<void> {
    if (this.current !== used) return Promise.resolve()
    return (this.reopening ??= (async () => {
      this.platform.log("warning", "the database was taken away; it is opened anew")
      this.current = await this.platform.openDatabase(this.name, this.stores)
      const mark = await this.current.transaction(["settings"], "read", (transaction) => transaction.get("settings", "kept"))
      if (mark === undefined) {
        await this.current.transaction(["settings"], "write", async (transaction) => transaction.put("settings", { key: "kept", value: true }))
        this.state.set("lost")
      }
    })().finally(() => {
      this.reopening = undefined
    }))
  }

  close() {
    this.isClosed = true
    this.current.close()
  }
}
