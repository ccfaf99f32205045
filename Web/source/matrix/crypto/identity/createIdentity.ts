import type { EncryptionContext } from "../machine/EncryptionContext"
import { Identity } from "./Identity"

/** Everything about who is who for a machine; it begins to look at once. */
export function createIdentity(context: EncryptionContext): Identity {
  const identity = new Identity(context)
  identity.start()
  return identity
}
