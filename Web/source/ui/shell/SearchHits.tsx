import type { SearchHit } from "../../matrix/contract/session"
import { gist } from "../../domain/notifications/gist"
import { memberName } from "../../domain/rooms/roomName"
import { excerpt, occurrences } from "../../domain/search/highlight"
import type { HitGroup } from "../../domain/search/MessageSearch"
import { useObservable } from "../bridge/useObservable"
import { Avatar } from "../design"
import { formatDateTime, formatShort, t } from "../language/t"
import { gistText } from "./gistText"
import { roomRoute, useSummary } from "./hooks"
import { Marked } from "./Marked"
import { RouteLink } from "./RouteLink"
import { roomTitle } from "./roomTitle"
import { useShell } from "./ShellState"

/** Hits of one room under its name. */
export function SearchHits({ group, words }: { group: HitGroup; words: readonly string[] }) {
  const summary = useSummary(group.room)
  const shell = useShell()
  const server = shell.index.serverOf(group.room)
  const serverName = server === undefined ? undefined : shell.index.summary(server)?.name
  return (
    <section className="search-hits">
      <h3 className="search-hits-room">
        {summary === undefined ? t("shell.room.empty") : roomTitle(summary)}
        {serverName !== undefined && <span className="search-hits-server"> · {serverName}</span>}
      </h3>
      <ul>{group.hits.map((hit) => <Hit key={hit.event.key} hit={hit} words={words} />)}</ul>
    </section>
  )
}

function Hit({ hit, words }: { hit: SearchHit; words: readonly string[] }) {
  const shell = useShell()
  const room = shell.session.room(hit.room)
  const member = useObservable(room?.member(hit.event.sender))
  const text = gistText(gist(hit.event))
  const cut = excerpt(text, occurrences(text, words))
  const name = member === undefined ? hit.event.sender : memberName(member)
  return (
    <li>
      <RouteLink className="search-hits-hit" route={roomRoute(shell, hit.room, { event: hit.event.id, thread: hit.event.threadRoot })}>
        <Avatar id={hit.event.sender} name={name} mxc={member?.avatar} size={28} />
        <span className="search-hits-text">
          <span className="search-hits-head"><b>{name}</b> <time title={formatDateTime(hit.event.timestamp)} dateTime={new Date(hit.event.timestamp).toISOString()}>{formatShort(hit.event.timestamp)}</time></span>
          <span className="search-hits-body"><Marked text={cut.text} ranges={cut.ranges} /></span>
        </span>
      </RouteLink>
    </li>
  )
}
