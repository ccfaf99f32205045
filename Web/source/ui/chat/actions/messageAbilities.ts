import { isMessageType, messageContent } from "../../../domain/timeline/MessageContent"
import type { UserID } from "../../../matrix/contract/events"
import type { Permissions } from "../../../matrix/contract/room"
import type { TimelineEvent } from "../../../matrix/contract/timeline"

/** What one may do with a message. */
export interface Abilities {
  readonly react: boolean
  readonly reply: boolean
  readonly thread: boolean
  readonly edit: boolean
  readonly forward: boolean
  readonly pin: boolean
  readonly remove: boolean
  readonly report: boolean
}

/** What this account may do with a message now. */
export function abilities(event: TimelineEvent, userId: UserID, permissions: Permissions, canWrite: boolean): Abilities {
  const isThere = event.id !== undefined && event.redacted === undefined
  const isMessage = isThere && isMessageType(event.type) && event.stateKey === undefined
  const content = messageContent(event)
  const isReadable = content.kind !== "undecryptable"
  const isOwn = event.sender === userId
  return {
    react: isMessage && canWrite && permissions.canSend("m.reaction"),
    reply: isMessage && canWrite,
    thread: isMessage && canWrite && event.threadRoot === undefined,
    edit: isMessage && canWrite && isOwn && content.kind === "text",
    forward: isMessage && isReadable && content.kind !== "poll" && content.kind !== "verification" && content.kind !== "unknown",
    pin: isMessage && permissions.canSendState("m.room.pinned_events"),
    remove: isThere && event.stateKey === undefined && (isOwn || permissions.canRedactOthers),
    report: isThere && !isOwn,
  }
}
