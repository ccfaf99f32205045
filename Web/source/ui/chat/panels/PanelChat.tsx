import { useMemo, useState, type ReactNode } from "react"
import type { EventID } from "../../../matrix/contract/events"
import type { MediaFile } from "../../../domain/timeline/MediaFile"
import type { Room } from "../../../matrix/contract/room"
import type { Timeline, TimelineEvent } from "../../../matrix/contract/timeline"
import { announce } from "../../bridge/announce"
import { currentRoute, navigate } from "../../navigation/useRoute"
import { ChatContext, type Chat } from "../ChatContext"
import { MediaViewer } from "./MediaViewer"

/** Goes to a message in its room, or to a thread. */
export function goTo(room: Room, where: { event?: EventID; thread?: EventID }) {
  const route = currentRoute()
  navigate({ kind: "room", room: room.id, space: route.kind === "room" ? route.space : undefined, event: where.event, thread: where.thread })
}

/** Messages shown outside of a timeline: to read and to go to, not to answer. */
export function PanelChat({ room, timeline, children }: { room: Room; timeline: Timeline | undefined; children: ReactNode }) {
  const [media, setMedia] = useState<{ event: TimelineEvent; file: MediaFile }>()
  const chat = useMemo<Chat>(() => ({
    room, timeline, thread: undefined, canWrite: false, selection: undefined, announce,
    jumpTo: (id) => goTo(room, { event: id }), openThread: (root) => goTo(room, { thread: root }),
    reply: () => undefined, edit: () => undefined, select: () => undefined, show: () => undefined,
    openMedia: (event, file) => setMedia({ event, file }),
  }), [room, timeline])
  return (
    <ChatContext.Provider value={chat}>
      {children}
      {media !== undefined && <MediaViewer timeline={timeline} event={media.event} file={media.file} onClose={() => setMedia(undefined)} />}
    </ChatContext.Provider>
  )
}
