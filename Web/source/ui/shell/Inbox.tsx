import { useEffect, useState } from "react"
import type { Mention } from "../../domain/notifications/Mentions"
import { gist } from "../../domain/notifications/gist"
import { memberName } from "../../domain/rooms/roomName"
import { unreadMark } from "../../domain/rooms/unread"
import type { EventID, RoomID } from "../../matrix/contract/events"
import type { TimelineEvent } from "../../matrix/contract/timeline"
import { announce } from "../bridge/announce"
import { useObservable } from "../bridge/useObservable"
import { Avatar, Button, confirm, EmptyState, IconButton, Skeleton, Tabs } from "../design"
import { formatRelative, t } from "../language/t"
import { declineInvites, failureText, markAllRead, markRead } from "./actions"
import { gistText } from "./gistText"
import { roomRoute, useSummary } from "./hooks"
import { InviteCard } from "./InviteCard"
import { MarkBadge } from "./MarkBadge"
import { RoomAvatar } from "./RoomAvatar"
import { RouteLink } from "./RouteLink"
import { roomTitle } from "./roomTitle"
import { useShell, type InboxSection } from "./ShellState"
import { useFailure } from "./useFailure"
import "./Inbox.css"

/** So many entries are shown at first, and again each time more are asked for. */
const pageSize = 60

/** Everything that waits for an account: mentions, threads, unread rooms, invites. */
export function Inbox() {
  const shell = useShell()
  const chosen = useObservable(shell.inboxSection)
  const total = useObservable(shell.index.totalUnread)
  const threads = useObservable(shell.index.unreadThreads)
  const unread = useObservable(shell.index.unreadRooms)
  const invites = useObservable(shell.index.invites)
  const [isBusy, setBusy] = useState(false)
  const [limit, setLimit] = useState(pageSize)
  const fail = useFailure()
  const section: InboxSection = chosen ?? (total.highlights > 0 ? "mentions" : threads.length > 0 ? "threads" : unread.length > 0 ? "unread" : invites.length > 0 ? "invites" : "mentions")
  const declineAll = async () => {
    const isSure = await confirm({ title: t("shell.inbox.declineAll"), text: t("shell.inbox.declineAllText", { count: invites.length }), action: t("shell.inbox.declineAll"), isDanger: true })
    if (!isSure) return
    setBusy(true)
    const failed = await declineInvites(shell.session, invites)
    setBusy(false)
    if (failed > 0) fail(t("shell.inbox.declineFailed", { count: failed }))
    else announce(t("shell.invite.declined"))
  }
  const readAll = async () => {
    setBusy(true)
    const failed = await markAllRead(shell.session, [...new Set([...unread, ...threads])])
    setBusy(false)
    if (failed > 0) fail(t("shell.notify.failed"))
    else announce(t("shell.inbox.allRead"))
  }
  return (
    <div className="inbox">
      <header className="inbox-head">
        <h1>{t("shell.inbox.title")}</h1>
        {(unread.length > 0 || threads.length > 0) && <Button size="small" isBusy={isBusy} onClick={() => void readAll()}>{t("shell.inbox.markAllRead")}</Button>}
      </header>
      <Tabs label={t("shell.inbox.title")} value={section} onChange={(next) => { setLimit(pageSize); shell.inboxSection.set(next) }} tabs={[
        { value: "mentions", label: t("shell.inbox.mentions"), count: total.highlights },
        { value: "threads", label: t("shell.inbox.threads"), count: threads.length },
        { value: "unread", label: t("shell.inbox.unread"), count: unread.length },
        { value: "invites", label: t("shell.inbox.invites"), count: invites.length },
      ]}>
        {section === "mentions" && <MentionList />}
        {section === "threads" && (threads.length === 0
          ? <EmptyState icon="thread" title={t("shell.inbox.noThreads")} text={t("shell.inbox.noThreadsText")} />
          : <ul className="inbox-list">{threads.map((id) => <ThreadRows key={id} id={id} />)}</ul>)}
        {section === "unread" && (unread.length === 0
          ? <EmptyState icon="check" title={t("shell.inbox.noUnread")} text={t("shell.inbox.noUnreadText")} />
          : <ul className="inbox-list">{unread.slice(0, limit).map((id) => <UnreadRow key={id} id={id} />)}</ul>)}
        {section === "invites" && (invites.length === 0
          ? <EmptyState icon="mail" title={t("shell.inbox.noInvites")} text={t("shell.inbox.noInvitesText")} />
          : (
            <>
              {invites.length > 1 && <div className="inbox-bar"><Button size="small" isBusy={isBusy} onClick={() => void declineAll()}>{t("shell.inbox.declineAll")}</Button></div>}
              <ul className="inbox-invites">{invites.slice(0, limit).map((id) => <li key={id}><InviteCard id={id} /></li>)}</ul>
            </>
          ))}
        {((section === "unread" && unread.length > limit) || (section === "invites" && invites.length > limit)) && <Button onClick={() => setLimit(limit + pageSize)}>{t("shell.search.more")}</Button>}
      </Tabs>
    </div>
  )
}

function MentionList() {
  const { mentions } = useShell()
  const state = useObservable(mentions.state)
  useEffect(() => {
    void mentions.load()
  }, [mentions])
  if (state.mentions.length === 0 && (state.kind === "loading" || state.kind === "idle")) return <Skeleton kind="rows" count={4} />
  if (state.mentions.length === 0 && state.kind === "loaded") return <EmptyState icon="at" title={t("shell.inbox.noMentions")} text={t("shell.inbox.noMentionsText")} />
  return (
    <>
      <ul className="inbox-list">{state.mentions.map((mention) => <MentionRow key={mention.eventId} mention={mention} />)}</ul>
      {state.kind === "failed" && (
        <p className="inbox-note" role="status">{t("shell.inbox.failed")} <Button size="small" onClick={() => void mentions.load()}>{t("common.retry")}</Button></p>
      )}
      {state.hasMore && <Button isBusy={state.kind === "loading"} onClick={() => void mentions.more()}>{t("shell.search.more")}</Button>}
    </>
  )
}

function PlaceName({ id }: { id: RoomID }) {
  const { index } = useShell()
  const summary = useSummary(id)
  const server = index.serverOf(id)
  const name = server === undefined ? undefined : index.summary(server)?.name
  return <span className="inbox-place">{summary === undefined ? t("shell.room.empty") : roomTitle(summary)}{name !== undefined && ` · ${name}`}</span>
}

function MentionRow({ mention }: { mention: Mention }) {
  const shell = useShell()
  const summary = useSummary(mention.room)
  const member = useObservable(shell.session.room(mention.room)?.member(mention.sender))
  const name = member === undefined ? mention.sender : memberName(member)
  const isNew = !mention.wasRead && summary !== undefined && unreadMark(summary).isMention
  return (
    <li>
      <RouteLink className="inbox-row" route={roomRoute(shell, mention.room, { event: mention.eventId, thread: mention.threadRoot })}>
        <Avatar id={mention.sender} name={name} mxc={member?.avatar} size={36} />
        <span className="inbox-text">
          <span className="inbox-line"><b>{name}</b> <time dateTime={new Date(mention.timestamp).toISOString()}>{formatRelative(mention.timestamp)}</time> <PlaceName id={mention.room} /></span>
          <span className="inbox-body">{gistText(mention.gist)}</span>
        </span>
        {isNew && <span className="inbox-new">{t("shell.inbox.new")}</span>}
      </RouteLink>
    </li>
  )
}

function ThreadRows({ id }: { id: RoomID }) {
  const summary = useSummary(id)
  if (summary === undefined) return null
  const unread = [...summary.unread.threads].filter(([, count]) => count.notifications > 0 || count.highlights > 0)
  return <>{unread.map(([root, count]) => <ThreadRow key={root} room={id} root={root} count={Math.max(count.notifications, count.highlights)} highlights={count.highlights} />)}</>
}

function ThreadRow({ room, root, count, highlights }: { room: RoomID; root: EventID; count: number; highlights: number }) {
  const shell = useShell()
  const event = useThreadRoot(room, root)
  const member = useObservable(event === undefined ? undefined : shell.session.room(room)?.member(event.sender))
  return (
    <li>
      <RouteLink className="inbox-row" route={roomRoute(shell, room, { thread: root })}>
        <Avatar id={event?.sender ?? room} name={member === undefined ? "?" : memberName(member)} mxc={member?.avatar} size={36} />
        <span className="inbox-text">
          <span className="inbox-line"><PlaceName id={room} /></span>
          <span className="inbox-body">{event === undefined ? t("common.loading") : gistText(gist(event))}</span>
          <span className="inbox-replies">{t("shell.inbox.newReplies", { count })}</span>
        </span>
        <MarkBadge count={highlights} />
      </RouteLink>
    </li>
  )
}

/** The root of a thread, read through a timeline that is open as long as it is shown. */
function useThreadRoot(room: RoomID, root: EventID) {
  const { session } = useShell()
  const [event, setEvent] = useState<TimelineEvent>()
  useEffect(() => {
    const timeline = session.room(room)?.open({ kind: "thread", root })
    const source = timeline?.event(root)
    const read = () => setEvent(source?.get())
    const end = source?.subscribe(read)
    queueMicrotask(read)
    return () => {
      end?.()
      timeline?.close()
    }
  }, [session, room, root])
  return event
}

function UnreadRow({ id }: { id: RoomID }) {
  const shell = useShell()
  const summary = useSummary(id)
  const fail = useFailure()
  if (summary === undefined) return null
  const mark = unreadMark(summary)
  return (
    <li className="inbox-unread">
      <RouteLink className="inbox-row" route={roomRoute(shell, id)}>
        <RoomAvatar summary={summary} size={36} />
        <span className="inbox-text">
          <span className="inbox-line"><PlaceName id={id} />{summary.lastActivity > 0 && <time dateTime={new Date(summary.lastActivity).toISOString()}>{formatRelative(summary.lastActivity)}</time>}</span>
          {summary.lastMessage !== undefined && <span className="inbox-body">{gistText(gist(summary.lastMessage))}</span>}
        </span>
        <MarkBadge count={mark.badge} />
      </RouteLink>
      <IconButton icon="check" label={t("shell.channel.markRead")} onClick={() => { markRead(shell.session, id).catch((error: unknown) => fail(failureText(error))) }} />
    </li>
  )
}
