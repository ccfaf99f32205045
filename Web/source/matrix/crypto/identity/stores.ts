import type { UserID } from "../../contract/events"

/** What this device remembers of a person's identity, to notice when it changes; in the store `identities`. */
export interface IdentityRecord {
  readonly userId: UserID
  /** The master key that was seen first, or the change to which was accepted. */
  readonly pinned: string
  /** The master key that this device verified last. */
  readonly verified?: string
}

/** Something small that is remembered of the own identity and backup, in the store `identityState`; secrets are kept elsewhere. */
export interface IdentityFact {
  readonly key: string
  readonly value: string
}
