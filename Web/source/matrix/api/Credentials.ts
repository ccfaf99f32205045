import type { AccountRecord } from "../contract/session"

/** The tokens of one account, as this moment knows them. */
export interface Credentials {
  readonly userId: string
  current(): AccountRecord | undefined
  /** Keeps what a refresh gave. */
  renew(account: AccountRecord): void
  /** The server no longer knows the token. */
  rejected(isSoft: boolean): void
}
