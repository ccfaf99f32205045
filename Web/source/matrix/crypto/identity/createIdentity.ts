import type { EncryptionContext } from "../machine/EncryptionContext"
import type { Decrypt } from "../verification/RoomMessages"
import { Identity } from "./Identity"

/** Everything about who is who for a machine, whose `decrypt` reads messages of rooms; it begins to look at once. */
export function createIdentity(context: EncryptionContext, decrypt: Decrypt): Identity {
  const identity = new Identity(context, decrypt)
  identity.start()
  return identity
}
