import type { Database } from "../../contract/platform"
import type { IdentityFact } from "./stores"

const STORE = "identityState"

/** What is remembered of the own identity: read from the database each time, because other tabs change it too. */
export class Facts {
  constructor(private readonly database: Database) {}

  get(key: string): Promise<string | undefined> {
    return this.database.transaction([STORE], "read", async (transaction) => (await transaction.get<IdentityFact>(STORE, key))?.value)
  }

  set(key: string, value: string | undefined): Promise<void> {
    return this.database.transaction([STORE], "write", async (transaction) => {
      if (value === undefined) transaction.delete(STORE, key)
      else transaction.put<IdentityFact>(STORE, { key, value })
    })
  }

  /** All facts whose key begins with the prefix. */
  list(prefix: string): Promise<readonly IdentityFact[]> {
    const range = { lower: prefix, upper: `${prefix}\uffff` }
    return this.database.transaction([STORE], "read", (transaction) => transaction.list<IdentityFact>(STORE, { range }))
  }
}
