import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react"
import { estimateHeight } from "../../../domain/timeline/estimateHeight"
import { isMessageType } from "../../../domain/timeline/MessageContent"
import { RowBuilder, type Row } from "../../../domain/timeline/rows"
import { memberName } from "../../../domain/rooms/roomName"
import type { EventID } from "../../../matrix/contract/events"
import type { Receipt } from "../../../matrix/contract/room"
import type { Timeline } from "../../../matrix/contract/timeline"
import { useSession } from "../../bridge/contexts"
import { useObservable } from "../../bridge/useObservable"
import { Button, Icon, isLayerOpen, Spinner } from "../../design"
import { t } from "../../language/t"
import { useChat } from "../ChatContext"
import { ReactionPicker } from "../actions/ReactionPicker"
import { runMessageKey } from "../actions/MessageActions"
import { messageGist } from "../message/messageGist"
import { MessageRow } from "../message/MessageRow"
import { useChatSettings } from "../useChatSettings"
import { DayRow } from "./DayRow"
import type { Anchor } from "./ListGeometry"
import { RoomBeginning } from "./RoomBeginning"
import { SystemRow } from "./SystemRow"
import { VirtualRows, type VirtualRowsHandle } from "./VirtualRows"
import "./timeline.css"

const minutesEast = (time: number) => -new Date(time).getTimezoneOffset()
const noReceipts: readonly Receipt[] = []
const highlightMilliseconds = 2500
const seenMilliseconds = 1500

/** What a target is: an event to bring into view and mark; `nonce` tells two wishes for the same apart. */
export interface JumpTarget { readonly id: EventID; readonly nonce: number }

/** The messages of a stretch of history. */
export function TimelineView({ timeline, unreadAfter, target, initial, onAnchor, onPresent, onDay, onBottomReached }: {
  timeline: Timeline
  unreadAfter: EventID | undefined
  target: JumpTarget | undefined
  initial: Anchor
  onAnchor: (anchor: Anchor) => void
  /** Goes to the newest messages, where this stretch does not reach them. */
  onPresent: (() => void) | undefined
  onDay: ((timestamp: number) => void) | undefined
  /** Told while one looks at the newest message that is here. */
  onBottomReached: (id: EventID) => void
}) {
  const session = useSession()
  const chat = useChat()
  const { room } = chat
  const settings = useChatSettings()
  const events = useObservable(timeline.events)
  const older = useObservable(timeline.older)
  const newer = useObservable(timeline.newer)
  const ignored = useObservable(session.ignoredUsers)
  const receipts = useObservable(room.receipts)
  const list = useRef<VirtualRowsHandle>(null)
  const builder = useRef<RowBuilder>()
  builder.current ??= new RowBuilder()
  const [active, setActive] = useState<string>()
  const [highlighted, setHighlighted] = useState<EventID>()
  const [isAtBottom, setAtBottom] = useState(true)
  const [reacting, setReacting] = useState<{ anchor: Element; index: number }>()
  const isThread = timeline.scope.kind === "thread"

  const { rows, rowOf, unreadCount } = useMemo(() => (builder.current ?? new RowBuilder()).build(events, {
    unreadAfter, ownUserId: session.userId, ignored, showsMembership: settings.showsMembership, showsProfileChanges: settings.showsProfileChanges, minutesEast,
  }), [events, unreadAfter, session.userId, ignored, settings.showsMembership, settings.showsProfileChanges])
  const keys = useMemo(() => rows.map((row) => row.key), [rows])
  const readers = useReaders(receipts, rowOf, rows, session.userId, !isThread)

  const [isUnreadAbove, setUnreadAbove] = useState<boolean>()
  const [isUnreadSeen, setUnreadSeen] = useState<EventID>()
  const onPlaced = useCallback((isAbove: (key: string) => boolean | undefined) => setUnreadAbove(isAbove("unread")), [])
  useEffect(() => {
    if (isUnreadAbove !== false) return
    // Once it was in sight for a moment it needs no bar any more; not before, while pictures and previews still push it.
    const timer = setTimeout(() => setUnreadSeen(unreadAfter), seenMilliseconds)
    return () => clearTimeout(timer)
  }, [isUnreadAbove, unreadAfter])

  // A jump: once its event is here, it is brought into view and marked for a moment.
  const jumped = useRef<number>()
  useEffect(() => {
    if (target === undefined || jumped.current === target.nonce) return
    const row = rows[rowOf.get(target.id) ?? -1]
    if (row === undefined) return
    jumped.current = target.nonce
    list.current?.scrollToRow(row.key)
    setHighlighted(target.id)
    setActive(row.key)
    const timer = setTimeout(() => setHighlighted(undefined), highlightMilliseconds)
    return () => clearTimeout(timer)
  }, [target, rows, rowOf])

  // While the newest is in sight it counts as read.
  const newestId = newest(events)
  useEffect(() => {
    if (!isAtBottom || newestId === undefined) return
    const tell = () => {
      if (document.visibilityState === "visible" && document.hasFocus()) onBottomReached(newestId)
    }
    const timer = setTimeout(tell, 250)
    window.addEventListener("focus", tell)
    return () => {
      clearTimeout(timer)
      window.removeEventListener("focus", tell)
    }
  }, [isAtBottom, newestId, onBottomReached])

  // An own message is always looked at.
  const last = events[events.length - 1]
  const lastKey = useRef(last?.key)
  useEffect(() => {
    if (last === undefined || last.key === lastKey.current) return
    const isNew = lastKey.current !== undefined
    lastKey.current = last.key
    if (!isNew || newer !== "end") return
    if (last.sender === session.userId && last.sending.kind !== "received") list.current?.scrollToBottom()
    else if (last.sender !== session.userId && isMessageType(last.type)) chat.announce(t("chat.announce.message", { name: memberName(room.member(last.sender).get()), text: messageGist(last) }))
  }, [last, newer, session.userId, chat, room])

  const unseen = useUnseen(events, isAtBottom, session.userId)

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isLayerOpen()) return
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-row-focus]") : null
    if (row === null || event.target !== row) return
    const index = Number(row.closest<HTMLElement>("[data-index]")?.dataset.index)
    const step = event.key === "ArrowUp" || event.key === "k" ? -1 : event.key === "ArrowDown" || event.key === "j" ? 1 : 0
    if (step !== 0) {
      event.preventDefault()
      let next = index + step
      while (rows[next] !== undefined && rows[next]?.kind !== "message") next += step
      const key = rows[next]?.key
      if (key === undefined) {
        if (step > 0) focusComposer(row)
        return
      }
      setActive(key)
      list.current?.focusRow(key)
      return
    }
    if (event.key === "End") {
      event.preventDefault()
      list.current?.scrollToBottom()
      return
    }
    if (event.key === "Escape") {
      event.preventDefault()
      if (chat.selection !== undefined) chat.select(undefined)
      else focusComposer(row)
      return
    }
    const current = rows[index]
    const message = current?.kind === "message" ? current.events[current.events.length - 1] : undefined
    if (message !== undefined && runMessageKey(event.key, message, chat, session.userId, () => setReacting({ anchor: row, index }))) event.preventDefault()
  }

  const activeKey = active !== undefined && keys.includes(active) ? active : lastMessageKey(rows)
  const render = (index: number) => {
    const row = rows[index]
    if (row === undefined) return null
    switch (row.kind) {
      case "day":
        return <DayRow timestamp={row.timestamp} onJump={onDay} />
      case "unread":
        return <div className="unread-line" role="separator" aria-label={t("chat.unread.line")}><span>{t("chat.unread.new")}</span></div>
      case "system":
        return <SystemRow events={row.events} />
      case "message":
        return <MessageRow events={row.events} startsGroup={row.startsGroup} isHighlighted={highlighted !== undefined && row.events.some((one) => one.id === highlighted)} isActive={row.key === activeKey}
          receipts={readers.get(row.key) ?? noReceipts} position={index + 1} size={older === "end" ? rows.length : -1} />
    }
  }
  const nearTop = useCallback(() => {
    if (timeline.older.get() === "idle") void timeline.loadOlder()
  }, [timeline])
  const nearBottom = useCallback(() => {
    if (timeline.newer.get() === "idle") void timeline.loadNewer()
  }, [timeline])
  // A list that does not fill the screen never scrolls: what is missing is asked for when a load ends.
  useEffect(() => {
    if (older === "idle" && rows.length < 30) void timeline.loadOlder()
  }, [older, rows.length, timeline])

  const reactingRow = reacting === undefined ? undefined : rows[reacting.index]
  const reactingEvent = reactingRow?.kind === "message" ? reactingRow.events[reactingRow.events.length - 1] : undefined
  return (
    <div className="timeline">
      <VirtualRows
        ref={list} keys={keys} render={render} initial={initial} label={isThread ? t("chat.timeline.thread") : t("chat.timeline.label")} sticksToBottom={newer === "end"}
        estimate={(index, width) => {
          const row = rows[index]
          return row === undefined ? 0 : estimateHeight(row, width)
        }}
        header={<Edge state={older} onRetry={() => void timeline.loadOlder()} isThread={isThread} />}
        onNearTop={nearTop} onNearBottom={nearBottom} onBottomChange={setAtBottom} onScrolled={onAnchor} onPlaced={onPlaced} onKeyDown={onKeyDown}
      />
      {isUnreadAbove === true && isUnreadSeen !== unreadAfter && unreadCount > 0 && (
        <Button className="timeline-unread" size="small" icon="arrow-up" variant="primary" onClick={() => list.current?.scrollToRow("unread")}>{t("chat.timeline.newMessages", { count: unreadCount })}</Button>
      )}
      {newer === "loading" && <div className="timeline-foot"><Spinner label={t("chat.timeline.loading")} /></div>}
      {(!isAtBottom || newer !== "end") && (
        <Button className="timeline-down" size="small" icon="arrow-down" variant={unseen > 0 ? "primary" : "plain"} onClick={() => (newer === "end" || onPresent === undefined ? list.current?.scrollToBottom() : onPresent())}>
          {unseen > 0 ? t("chat.timeline.newMessages", { count: unseen }) : newer === "end" ? t("chat.timeline.toBottom") : t("chat.timeline.toPresent")}
        </Button>
      )}
      {reacting !== undefined && reactingEvent !== undefined && <ReactionPicker event={reactingEvent} anchor={reacting.anchor} onClose={() => setReacting(undefined)} />}
    </div>
  )
}

function focusComposer(from: Element) {
  from.closest(".conversation")?.querySelector<HTMLElement>(".composer-input")?.focus()
}

function newest(events: readonly { readonly id: EventID | undefined }[]): EventID | undefined {
  for (let index = events.length - 1; index >= 0; index -= 1) {
    const id = events[index]?.id
    if (id !== undefined) return id
  }
  return undefined
}

function lastMessageKey(rows: readonly Row[]): string | undefined {
  for (let index = rows.length - 1; index >= 0; index -= 1) if (rows[index]?.kind === "message") return rows[index]?.key
  return undefined
}

/** How many messages of others came while one was looking elsewhere. */
function useUnseen(events: Timeline["events"] extends { get(): infer E } ? E : never, isAtBottom: boolean, userId: string): number {
  const seen = useRef<string>()
  const last = events[events.length - 1]?.key
  if (isAtBottom) seen.current = last
  return useMemo(() => {
    if (isAtBottom || seen.current === undefined) return 0
    let count = 0
    for (let index = events.length - 1; index >= 0 && count < 1000; index -= 1) {
      const event = events[index]
      if (event === undefined || event.key === seen.current) break
      if (event.sender !== userId && isMessageType(event.type)) count += 1
    }
    return count
  }, [events, isAtBottom, userId])
}

/** The readers of each row; the lists keep their identity while nothing in them changes. */
function useReaders(receipts: ReadonlyMap<EventID, readonly Receipt[]>, rowOf: ReadonlyMap<EventID, number>, rows: readonly Row[], userId: string, isOn: boolean): ReadonlyMap<string, readonly Receipt[]> {
  const kept = useRef<ReadonlyMap<string, readonly Receipt[]>>(new Map())
  return useMemo(() => {
    const next = new Map<string, Receipt[]>()
    if (isOn) {
      for (const [id, list] of receipts) {
        const key = rows[rowOf.get(id) ?? -1]?.key
        if (key === undefined) continue
        for (const receipt of list) if (receipt.userId !== userId) (next.get(key) ?? next.set(key, []).get(key))?.push(receipt)
      }
    }
    const same = new Map<string, readonly Receipt[]>()
    for (const [key, list] of next) {
      const old = kept.current.get(key)
      same.set(key, old !== undefined && old.length === list.length && old.every((receipt, index) => receipt === list[index]) ? old : list)
    }
    kept.current = same
    return same
  }, [receipts, rowOf, rows, userId, isOn])
}

function Edge({ state, onRetry, isThread }: { state: string; onRetry: () => void; isThread: boolean }) {
  switch (state) {
    case "end":
      return isThread ? null : <RoomBeginning />
    case "failed":
      return <div className="timeline-edge"><Icon name="warning" size={16} />{t("chat.timeline.failed")}<Button size="small" onClick={onRetry}>{t("common.retry")}</Button></div>
    default:
      return <div className="timeline-edge"><Spinner label={t("chat.timeline.loading")} /></div>
  }
}

