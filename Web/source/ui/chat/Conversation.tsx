import { useCallback, useEffect, useMemo, useRef, useState, type DragEvent, type ReactNode } from "react"
import { isMessageType, messageContent } from "../../domain/timeline/MessageContent"
import type { MediaFile } from "../../domain/timeline/MediaFile"
import type { EventID } from "../../matrix/contract/events"
import type { Room } from "../../matrix/contract/room"
import type { TimelineEvent, TimelineScope } from "../../matrix/contract/timeline"
import { announce } from "../bridge/announce"
import { useSession } from "../bridge/contexts"
import { useObservable } from "../bridge/useObservable"
import { Button, Icon, IconButton, isTextTarget } from "../design"
import { t } from "../language/t"
import { currentRoute, navigate } from "../navigation/useRoute"
import { askDelete } from "./actions/MessageActions"
import { ChatContext, type Chat } from "./ChatContext"
import { Composer, type ComposerHandle } from "./composer/Composer"
import { MediaViewer } from "./panels/MediaViewer"
import { JumpToDate } from "./timeline/JumpToDate"
import type { Anchor } from "./timeline/ListGeometry"
import { TimelineView, type JumpTarget } from "./timeline/TimelineView"
import { TypingLine } from "./timeline/TypingLine"
import { useTimeline } from "./timeline/useTimeline"
import "./chat.css"

/** Where one was in each conversation, for when one comes back. */
const places = new Map<string, Anchor>()
const maximumPlaces = 100
const bottom: Anchor = { kind: "bottom" }

/** Messages and the place to write them: a room, or a thread of it. */
export function Conversation({ room, thread, event }: { room: Room; thread: EventID | undefined; event: EventID | undefined }) {
  const session = useSession()
  const permissions = useObservable(room.permissions)
  const summary = useObservable(room.summary)
  const [around, setAround] = useState<EventID | undefined>()
  const [target, setTarget] = useState<JumpTarget>()
  const [selection, setSelection] = useState<ReadonlySet<EventID>>()
  const [dialog, setDialog] = useState<ReactNode>()
  const [media, setMedia] = useState<{ event: TimelineEvent; file: MediaFile }>()
  const [date, setDate] = useState<number>()
  const [isDragging, setDragging] = useState(false)
  const composer = useRef<ComposerHandle>(null)
  const marked = useRef<EventID>()
  const nonce = useRef(0)
  const scope: TimelineScope = thread !== undefined ? { kind: "thread", root: thread } : around === undefined ? { kind: "live" } : { kind: "around", eventId: around }
  const timeline = useTimeline(room, scope)
  const unreadAfter = useUnreadLine(room, thread)
  const place = `${room.id} ${thread ?? ""}`

  useEffect(() => {
    if (!room.isStateLoaded.get()) void room.loadState().catch(() => undefined)
  }, [room])

  const jumpTo = useCallback((id: EventID) => {
    nonce.current += 1
    setTarget({ id, nonce: nonce.current })
    if (thread === undefined && timeline?.events.get().every((one) => one.id !== id) !== false) setAround(id)
  }, [timeline, thread])
  const asked = useRef<EventID>()
  useEffect(() => {
    if (event === undefined || timeline === undefined || asked.current === event) return
    asked.current = event
    jumpTo(event)
  }, [event, timeline, jumpTo])

  const toPresent = useCallback(() => {
    setAround(undefined)
    setTarget(undefined)
    places.delete(place)
    asked.current = undefined
    const route = currentRoute()
    if (route.kind === "room" && route.event !== undefined) navigate({ ...route, event: undefined }, { replace: true })
  }, [place])

  const openThread = useCallback((root: EventID) => {
    const route = currentRoute()
    navigate({ kind: "room", room: room.id, space: route.kind === "room" ? route.space : undefined, event: undefined, thread: root })
  }, [room])

  const chat = useMemo<Chat>(() => ({
    room, timeline, thread, canWrite: permissions.canSend("m.room.message") && summary.membership === "join" && summary.successor === undefined,
    jumpTo, openThread, selection, select: setSelection, announce,
    reply: (one) => composer.current?.reply(one),
    edit: (one) => composer.current?.edit(one),
    openMedia: (one, file) => setMedia({ event: one, file }),
    show: (make) => setDialog(make(() => setDialog(undefined))),
  }), [room, timeline, thread, permissions, summary.membership, summary.successor, jumpTo, openThread, selection])

  const onBottomReached = useCallback((id: EventID) => {
    if (marked.current === id || (around !== undefined && timeline?.newer.get() !== "end")) return
    marked.current = id
    void room.markRead(id, thread).catch(() => {
      marked.current = undefined
    })
  }, [room, thread, around, timeline])

  const onAnchor = useCallback((anchor: Anchor) => {
    if (around !== undefined) return
    places.delete(place)
    if (anchor.kind === "bottom") return
    places.set(place, anchor)
    for (const oldest of places.keys()) {
      if (places.size <= maximumPlaces) break
      places.delete(oldest)
    }
  }, [place, around])

  const findEvent = useCallback((id: string) => timeline?.events.get().find((one) => one.id === id) ?? timeline?.event(id).get(), [timeline])
  const lastOwn = useCallback(() => [...(timeline?.events.get() ?? [])].reverse().find((one) =>
    one.sender === session.userId && one.id !== undefined && isMessageType(one.type) && messageContent(one).kind === "text"), [timeline, session])

  // Typing anywhere writes: the composer takes the focus.
  useEffect(() => {
    const onKeyDown = (key: KeyboardEvent) => {
      if (key.defaultPrevented || key.ctrlKey || key.metaKey || key.altKey || key.key.length !== 1 || key.key === " " || isTextTarget(key.target)) return
      if (document.activeElement !== null && document.activeElement !== document.body) return
      if (thread === undefined && currentRoute().kind === "room") composer.current?.focus()
    }
    document.addEventListener("keydown", onKeyDown)
    return () => document.removeEventListener("keydown", onKeyDown)
  }, [thread])

  const hasFiles = (drag: DragEvent) => drag.dataTransfer.types.includes("Files")
  return (
    <ChatContext.Provider value={chat}>
      <section className="conversation" aria-label={thread === undefined ? t("chat.conversation") : t("chat.timeline.thread")}
        onDragEnter={(drag) => {
          if (hasFiles(drag) && chat.canWrite) setDragging(true)
        }}
        onDragOver={(drag) => {
          if (hasFiles(drag)) drag.preventDefault()
        }}
        onDragLeave={(drag) => {
          if (!(drag.relatedTarget instanceof Node && drag.currentTarget.contains(drag.relatedTarget))) setDragging(false)
        }}
        onDrop={(drag) => {
          setDragging(false)
          if (!hasFiles(drag)) return
          drag.preventDefault()
          if (chat.canWrite) composer.current?.attach([...drag.dataTransfer.files])
        }}
      >
        {timeline === undefined ? <div className="timeline" /> : (
          <TimelineView key={around ?? "live"} timeline={timeline} unreadAfter={unreadAfter} target={target} initial={around === undefined ? places.get(place) ?? bottom : { kind: "rows", rows: [] }} onAnchor={onAnchor}
            onPresent={around === undefined ? undefined : toPresent} onDay={thread === undefined ? setDate : undefined} onBottomReached={onBottomReached} />
        )}
        {selection !== undefined && <SelectionBar chat={chat} timeline={timeline?.events.get() ?? []} userId={session.userId} />}
        <Composer ref={composer} key={place} lastOwn={lastOwn} findEvent={findEvent} />
        <TypingLine />
        {isDragging && <div className="drop-target" aria-hidden="true"><Icon name="upload" size={40} /><p>{t("chat.drop")}</p></div>}
        {dialog}
        {media !== undefined && timeline !== undefined && <MediaViewer timeline={timeline} event={media.event} file={media.file} onClose={() => setMedia(undefined)} />}
        {date !== undefined && <JumpToDate room={room} from={date} onJump={jumpTo} onClose={() => setDate(undefined)} />}
      </section>
    </ChatContext.Provider>
  )
}

/** What can be done with the messages that are chosen. */
function SelectionBar({ chat, timeline, userId }: { chat: Chat; timeline: readonly TimelineEvent[]; userId: string }) {
  const ids = [...(chat.selection ?? [])]
  const mayAll = chat.room.permissions.get().canRedactOthers
  const removable = ids.filter((id) => mayAll || timeline.find((one) => one.id === id)?.sender === userId)
  return (
    <div className="selection-bar" role="toolbar" aria-label={t("chat.select.label")}>
      <span aria-live="polite">{t("chat.select.count", { count: ids.length })}</span>
      {removable.length > 0 && <Button variant="danger" size="small" icon="trash" onClick={() => askDelete(chat, removable, removable.every((id) => timeline.find((one) => one.id === id)?.sender === userId))}>{t("chat.select.delete", { count: removable.length })}</Button>}
      <IconButton icon="x" size="small" label={t("chat.select.stop")} onClick={() => chat.select(undefined)} />
    </div>
  )
}

/** Where the unread line stands: where one had read to when the room was opened, or when one looked away. */
function useUnreadLine(room: Room, thread: EventID | undefined): EventID | undefined {
  const [after, setAfter] = useState(() => (thread === undefined && room.summary.get().unread.isUnread ? room.readUpTo.get() : undefined))
  useEffect(() => {
    if (thread !== undefined) return
    const onBlur = () => setAfter(room.readUpTo.get())
    window.addEventListener("blur", onBlur)
    return () => window.removeEventListener("blur", onBlur)
  }, [room, thread])
  return after
}
