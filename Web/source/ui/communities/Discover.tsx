import { useEffect, useState } from "react"
import { readDirectory, type DirectoryRoom } from "../../domain/communities/directory"
import { useSession } from "../bridge/contexts"
import { useObservable } from "../bridge/useObservable"
import { Avatar, Button, EmptyState, SearchField, SegmentedControl, Spinner, TextField } from "../design"
import { t } from "../language/t"
import { navigate } from "../navigation/useRoute"
import { failureText } from "./failureText"
import "./Discover.css"

type Kind = "spaces" | "rooms"

/** The public directory of this server, and of others: servers first. */
export function Discover() {
  const session = useSession()
  const [text, setText] = useState("")
  const [server, setServer] = useState("")
  const [kind, setKind] = useState<Kind>("spaces")
  const [state, setState] = useState<{ readonly rooms: readonly DirectoryRoom[]; readonly next: string | undefined; readonly isLoading: boolean; readonly error: string | undefined }>({ rooms: [], next: undefined, isLoading: true, error: undefined })

  useEffect(() => {
    const abort = new AbortController()
    // A moment after the last key, so that a word is one question.
    const timer = setTimeout(() => {
      setState({ rooms: [], next: undefined, isLoading: true, error: undefined })
      readDirectory(session.api, { text, server, kind }, abort.signal).then((page) => setState({ ...page, isLoading: false, error: undefined }), (problem: unknown) => {
        if (!abort.signal.aborted) setState({ rooms: [], next: undefined, isLoading: false, error: failureText(problem) })
      })
    }, 250)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [session, text, server, kind])

  const more = () => {
    if (state.next === undefined) return
    setState({ ...state, isLoading: true })
    readDirectory(session.api, { text, server, kind, from: state.next }).then(
      (page) => setState({ rooms: [...state.rooms, ...page.rooms.filter((room) => !state.rooms.some((one) => one.id === room.id))], next: page.next, isLoading: false, error: undefined }),
      (problem: unknown) => setState({ ...state, isLoading: false, error: failureText(problem) }))
  }

  return (
    <div className="discover">
      <header className="discover-head">
        <h1>{t("communities.discover.title")}</h1>
        <p>{t("communities.discover.hint")}</p>
        <div className="discover-filters">
          <SearchField label={t("communities.discover.search")} value={text} onChange={setText} />
          <TextField label={t("communities.discover.server")} isLabelHidden placeholder={t("communities.discover.server")} icon="globe" value={server} onChange={setServer} spellCheck={false} />
          <SegmentedControl<Kind> label={t("communities.discover.kind")} value={kind} onChange={setKind} options={[{ value: "spaces", label: t("communities.discover.spaces") }, { value: "rooms", label: t("communities.discover.rooms") }]} />
        </div>
      </header>
      {state.error !== undefined && <p role="alert" className="room-settings-error">{state.error}</p>}
      {!state.isLoading && state.rooms.length === 0 && state.error === undefined && <EmptyState icon="compass" title={t("communities.discover.none")} text={t("communities.discover.noneHint")} />}
      <ul className="discover-grid">
        {state.rooms.map((room) => <DirectoryCard key={room.id} room={room} server={server} />)}
      </ul>
      <p className="discover-more" role="status">
        {state.isLoading && <Spinner label={t("common.loading")} />}
        {!state.isLoading && state.next !== undefined && <Button onClick={more}>{t("common.more")}</Button>}
      </p>
    </div>
  )
}

function DirectoryCard({ room, server }: { room: DirectoryRoom; server: string }) {
  const session = useSession()
  useObservable(session.rooms)
  const known = session.room(room.id)?.summary.get()
  const isJoined = known?.membership === "join"
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const name = room.name ?? room.alias ?? room.id

  const open = async () => {
    setBusy(true)
    setError(undefined)
    try {
      const via = [...(server.trim() === "" ? [] : [server.trim()]), ...(room.alias === undefined ? [] : [room.alias.slice(room.alias.indexOf(":") + 1)])]
      if (!isJoined && room.joinRule === "knock") {
        await session.knock(room.id, via)
        return setError(t("communities.discover.asked"))
      }
      const id = isJoined ? room.id : await session.join(room.alias ?? room.id, via)
      await session.waitForRoom(id)
      navigate(room.isSpace ? { kind: "space", space: id } : { kind: "room", room: id, space: undefined, event: undefined, thread: undefined })
    } catch (problem) {
      setError(failureText(problem))
    } finally {
      setBusy(false)
    }
  }

  return (
    <li className="discover-card">
      <Avatar id={room.id} name={name} mxc={room.avatar} size={48} shape="square" />
      <h2 dir="auto">{name}</h2>
      <p className="discover-topic" dir="auto">{room.topic ?? ""}</p>
      <p className="discover-facts">{t("communities.landing.members", { count: room.memberCount })}</p>
      {error !== undefined && <p role="status">{error}</p>}
      <Button variant={isJoined ? "plain" : "primary"} isBusy={isBusy} aria-label={t(isJoined ? "communities.discover.openNamed" : "communities.discover.joinNamed", { name })} onClick={() => void open()}>
        {t(isJoined ? "communities.discover.open" : room.joinRule === "knock" ? "communities.discover.ask" : "communities.join.join")}
      </Button>
    </li>
  )
}
