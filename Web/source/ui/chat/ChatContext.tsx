import { createContext, useContext, type ReactNode } from "react"
import type { EventID } from "../../matrix/contract/events"
import type { Room } from "../../matrix/contract/room"
import type { Timeline, TimelineEvent } from "../../matrix/contract/timeline"
import type { MediaFile } from "../../domain/timeline/MediaFile"

/** What messages may ask of the conversation they stand in. */
export interface Chat {
  readonly room: Room
  readonly timeline: Timeline | undefined
  /** The root of the thread that is shown, undefined in the main timeline. */
  readonly thread: EventID | undefined
  /** Whether one can write here. */
  readonly canWrite: boolean
  readonly jumpTo: (id: EventID) => void
  readonly openThread: (root: EventID) => void
  readonly reply: (event: TimelineEvent) => void
  readonly edit: (event: TimelineEvent) => void
  readonly openMedia: (event: TimelineEvent, file: MediaFile) => void
  /** Messages that are chosen for something together; undefined while nothing is being chosen. */
  readonly selection: ReadonlySet<EventID> | undefined
  readonly select: (ids: ReadonlySet<EventID> | undefined) => void
  /** Shows a dialog above the conversation. */
  readonly show: (dialog: (close: () => void) => ReactNode) => void
  /** Tells something to people who listen to the page. */
  readonly announce: (text: string) => void
}

export const ChatContext = createContext<Chat | undefined>(undefined)

/** The conversation around a message. */
export function useChat(): Chat {
  const chat = useContext(ChatContext)
  if (chat === undefined) throw new Error("useChat is used outside of a conversation")
  return chat
}
