import type { StoreDeclaration } from "../contract/platform"

/** The stores of encryption, to be declared with those of the rest of an account. */
export const encryptionStores: readonly StoreDeclaration[] = [
  // The account, the key that seals what is private, revisions.
  { name: "encryption", key: "key" },
  { name: "secrets", key: "name" },
  { name: "olmSessions", key: ["senderKey", "sessionId"] },
  { name: "inboundSessions", key: ["room", "sessionId"], indexes: [{ name: "waiting", key: "waiting" }] },
  { name: "messageIndexes", key: ["room", "sessionId", "index"] },
  { name: "withheldSessions", key: ["room", "sessionId"] },
  { name: "outboundSessions", key: "room" },
  { name: "sharedSessions", key: ["sessionId", "userId", "deviceId"] },
  { name: "devices", key: ["userId", "deviceId"], indexes: [{ name: "curve25519", key: "curve25519" }] },
  { name: "deviceLists", key: "userId", indexes: [{ name: "outdated", key: "outdated" }] },
  { name: "toDeviceOutbox", key: "id" },
  { name: "toDeviceInbox", key: "id" },
  { name: "handledMessages", key: "hash", indexes: [{ name: "time", key: "time" }] },
  { name: "keyRequests", key: ["room", "sessionId"] },
  { name: "keyBundles", key: ["room", "sender"] },
  // What is known of people's identities, and the state of the own one.
  { name: "identities", key: "userId" },
  { name: "identityState", key: "key" },
]
