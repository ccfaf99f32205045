import type { JSONObject } from "../base/read"
import type { EventEncryption } from "../contract/timeline"

/** An event's type and content as they are read: after decryption. */
export interface Clear {
  readonly type: string
  readonly content: JSONObject
  readonly encryption: EventEncryption
  /** Of the outbox, where it is not encrypted yet. */
  readonly isOutgoing?: boolean
}
