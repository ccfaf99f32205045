import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from "react"
import type { RoomID } from "../../matrix/contract/events"
import { hitGroups } from "../../domain/search/MessageSearch"
import { knownPeople } from "../../domain/search/places"
import type { Person } from "../../domain/search/people"
import { filterKinds, parseSearch, type SearchFilter } from "../../domain/search/query"
import { filterText, resolveSearch } from "../../domain/search/resolve"
import { useObservable } from "../bridge/useObservable"
import { Button, EmptyState, Icon, Skeleton } from "../design"
import { t } from "../language/t"
import { FilterSuggestions } from "./FilterSuggestions"
import { reasonOf } from "./actions"
import { roomTitle } from "./roomTitle"
import { SearchHits } from "./SearchHits"
import { useShell } from "./ShellState"
import "./SearchPanel.css"

/** Search for messages, in a room or everywhere. */
export function SearchPanel({ room }: { room: RoomID | undefined }) {
  const shell = useShell()
  const state = useObservable(shell.search.state)
  const [scope, setScope] = useState(room)
  const [typed, setTyped] = useState("")
  const [filters, setFilters] = useState<readonly SearchFilter[]>([])
  const [order, setOrder] = useState<"recent" | "rank">("recent")
  const [problem, setProblem] = useState<string>()
  const input = useRef<HTMLInputElement>(null)
  const listId = useId()
  const people = useMemo(() => peopleOf(shell.session, room), [shell, room])
  const rooms = useMemo(
    () => shell.session.rooms.get().filter((one) => one.membership === "join" && one.type !== "m.space").map((one) => ({ id: one.id, name: roomTitle(one), alias: one.alias })), [shell],
  )

  useEffect(() => {
    input.current?.focus()
    return () => shell.search.clear()
  }, [shell])

  const parsed = parseSearch(typed)
  const run = (text: string, all: readonly SearchFilter[], where: RoomID | undefined, by: "recent" | "rank") => {
    if (text === "" && all.length === 0) return shell.search.clear()
    const resolved = resolveSearch(text, all, where, people, rooms, by)
    setProblem(resolved.kind === "query" ? undefined : t(resolved.kind === "unknown-person" ? "shell.search.unknownPerson" : "shell.search.unknownRoom", { name: resolved.value }))
    if (resolved.kind === "query") void shell.search.run(resolved.query)
  }
  const submit = () => {
    const done = parseSearch(typed + " ")
    const all = merged(filters, done.filters)
    setFilters(all)
    setTyped(done.text)
    run(done.text, all, scope, order)
  }
  const add = (filter: SearchFilter) => {
    const all = merged(filters, [...parsed.filters, filter])
    setFilters(all)
    setTyped(parsed.text === "" ? "" : `${parsed.text} `)
    input.current?.focus()
    if (parsed.text !== "" || state.query !== undefined) run(parsed.text, all, scope, order)
  }
  const remove = (filter: SearchFilter) => {
    const all = filters.filter((one) => one !== filter)
    setFilters(all)
    run(parsed.text, all, scope, order)
  }
  const pressed = (event: KeyboardEvent) => {
    if (event.key === "Backspace" && typed === "" && filters.length > 0) setFilters(filters.slice(0, -1))
  }

  return (
    <div className="search-panel">
      <form role="search" className="search-panel-form" onSubmit={(event) => { event.preventDefault(); submit() }}>
        <div className="search-panel-field">
          <Icon name="search" size={16} />
          {filters.map((filter) => (
            <button key={filterText(filter)} type="button" className="search-panel-chip" aria-label={t("shell.search.removeFilter", { filter: filterText(filter) })} onClick={() => remove(filter)}>
              {filterText(filter)} <Icon name="x" size={12} />
            </button>
          ))}
          <input ref={input} className="search-panel-input" value={typed} onChange={(event) => setTyped(event.target.value)} onKeyDown={pressed}
            aria-label={scope === undefined ? t("shell.search.everywhere") : t("shell.search.title")} placeholder={t("common.search")} autoComplete="off" spellCheck={false} enterKeyHint="search" />
        </div>
        {parsed.pending !== undefined && <FilterSuggestions id={listId} pending={parsed.pending} people={people} rooms={rooms} onChoose={add} />}
        <div className="search-panel-filters" role="group" aria-label={t("shell.search.addFilter")}>
          {filterKinds.map((kind) => (
            <button key={kind} type="button" className="search-panel-add" onClick={() => { setTyped(`${parsed.text} ${kind}:`.trimStart()); input.current?.focus() }}>{t(`shell.search.${kind}`)}</button>
          ))}
        </div>
        <div className="search-panel-options">
          {room !== undefined && (
            <select aria-label={t("shell.search.scope")} value={scope === undefined ? "all" : "room"} onChange={(event) => {
              const next = event.target.value === "all" ? undefined : room
              setScope(next)
              if (state.query !== undefined) run(parsed.text, filters, next, order)
            }}>
              <option value="room">{t("shell.search.scopeRoom")}</option>
              <option value="all">{t("shell.search.scopeAll")}</option>
            </select>
          )}
          <select aria-label={t("shell.search.order")} value={order} onChange={(event) => {
            const next = event.target.value === "rank" ? "rank" : "recent"
            setOrder(next)
            if (state.query !== undefined) run(parsed.text, filters, scope, next)
          }}>
            <option value="recent">{t("shell.search.recent")}</option>
            <option value="rank">{t("shell.search.rank")}</option>
          </select>
        </div>
      </form>
      <div className="search-panel-results" aria-live="polite" aria-busy={state.kind === "searching"}>
        {problem !== undefined && <p className="search-panel-note">{problem}</p>}
        {problem === undefined && state.kind === "idle" && <EmptyState icon="search" title={t("shell.search.intro")} text={`${t("shell.search.introText")} ${t("shell.search.encryptedText")}`} />}
        {state.kind === "searching" && <Skeleton kind="rows" count={4} />}
        {state.kind === "failed" && state.error !== undefined && <p className="search-panel-note">{t("shell.search.failed", { reason: reasonOf(state.error) })}</p>}
        {state.kind === "found" && state.hits.length === 0 && <EmptyState icon="search" title={t("shell.search.none")} text={t("shell.search.noneText")} />}
        {state.kind === "found" && state.hits.length > 0 && (
          <>
            {state.count !== undefined && <p className="search-panel-count">{t("shell.search.count", { count: Math.max(state.count, state.hits.length) })}</p>}
            {hitGroups(state.hits).map((group) => <SearchHits key={`${group.room} ${group.hits[0]?.event.id ?? ""}`} group={group} words={[...state.highlights, ...parsed.text.split(/\s+/)]} />)}
            {state.error !== undefined && <p className="search-panel-note">{t("shell.search.failed", { reason: reasonOf(state.error) })}</p>}
            {state.hasMore && <Button isBusy={state.isLoadingMore} onClick={() => void shell.search.more()}>{t("shell.search.more")}</Button>}
          </>
        )}
      </div>
    </div>
  )
}

/** Filters with others added; of those that count once the later one wins. */
function merged(filters: readonly SearchFilter[], added: readonly SearchFilter[]): readonly SearchFilter[] {
  let all = [...filters]
  for (const filter of added) {
    const isSingle = filter.kind !== "from" && filter.kind !== "in"
    all = all.filter((one) => (isSingle ? one.kind !== filter.kind : filterText(one) !== filterText(filter)))
    all.push(filter)
  }
  return all
}

function peopleOf(session: ReturnType<typeof useShell>["session"], room: RoomID | undefined): readonly Person[] {
  const here = room === undefined ? [] : session.room(room)?.members.get() ?? []
  const known = new Map<string, Person>()
  for (const person of [...here, ...knownPeople(session.rooms.get())]) if (!known.has(person.userId)) known.set(person.userId, person)
  const me = session.profile(session.userId).get()
  if (!known.has(session.userId)) known.set(session.userId, me)
  return [...known.values()]
}
