import type { UserID } from "../../contract/events"
import type { StoreDeclaration } from "../../contract/platform"

/** What this device remembers of a person's identity, to notice when it changes. */
export interface IdentityRecord {
  readonly userId: UserID
  /** The master key that was seen first, or the change to which was accepted. */
  readonly pinned: string
  /** The master key that was verified last. */
  readonly verified?: string
}

/** Something small that is remembered of the own identity and backup; secrets are kept elsewhere. */
export interface IdentityFact {
  readonly name: string
  readonly value: string
}

/** Stores of identities. */
export const identityStores: readonly StoreDeclaration[] = [
  { name: "identities", key: "userId" },
  { name: "identity-facts", key: "name" },
]
