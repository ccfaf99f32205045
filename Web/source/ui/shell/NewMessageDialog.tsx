import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react"
import { matchingPeople, searchDirectory, typedUserID, type Person } from "../../domain/search/people"
import { knownPeople } from "../../domain/search/places"
import { memberName } from "../../domain/rooms/roomName"
import { useObservable } from "../bridge/useObservable"
import { Avatar, Button, Dialog, Icon, SearchField, Spinner, TextField } from "../design"
import { t } from "../language/t"
import { navigate } from "../navigation/useRoute"
import { reasonOf } from "./actions"
import { useShell } from "./ShellState"
import "./NewMessageDialog.css"

const pause = 250

/** Picks one person, or several for a group, and opens the conversation. */
export function NewMessageDialog({ onClose }: { onClose: () => void }) {
  const shell = useShell()
  const { session } = shell
  const rooms = useObservable(session.rooms)
  const known = useMemo(() => knownPeople(rooms), [rooms])
  const [typed, setTyped] = useState("")
  const [selected, setSelected] = useState<readonly Person[]>([])
  const [found, setFound] = useState<{ term: string; people: readonly Person[]; failed: boolean }>({ term: "", people: [], failed: false })
  const [groupName, setGroupName] = useState("")
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const input = useRef<HTMLInputElement>(null)
  const term = typed.trim()

  useEffect(() => {
    if (term === "") return undefined
    const stop = new AbortController()
    const wait = setTimeout(() => {
      searchDirectory(session.api, term, 20, stop.signal).then(
        ({ people }) => { if (!stop.signal.aborted) setFound({ term, people, failed: false }) },
        () => { if (!stop.signal.aborted) setFound({ term, people: [], failed: true }) },
      )
    }, pause)
    return () => {
      clearTimeout(wait)
      stop.abort()
    }
  }, [session, term])

  const people = useMemo(() => {
    const list = new Map<string, Person>()
    const id = typedUserID(term)
    for (const person of matchingPeople(known, term, 30)) list.set(person.userId, person)
    if (term !== "" && found.term === term) for (const person of found.people) if (!list.has(person.userId)) list.set(person.userId, person)
    if (id !== undefined && !list.has(id)) list.set(id, { userId: id, displayName: undefined, avatar: undefined })
    list.delete(session.userId)
    return [...list.values()]
  }, [known, found, term, session])
  const isSearching = term !== "" && found.term !== term

  const toggle = (person: Person) => {
    setSelected(selected.some((one) => one.userId === person.userId) ? selected.filter((one) => one.userId !== person.userId) : [...selected, person])
    setTyped("")
    input.current?.focus()
  }
  const pressed = (event: KeyboardEvent) => {
    const first = people.find((person) => !selected.some((one) => one.userId === person.userId))
    if (event.key === "Enter" && term !== "" && first !== undefined) toggle(first)
    else if (event.key === "Enter" && term === "" && selected.length > 0 && !isBusy) void start()
    else if (event.key === "Backspace" && typed === "" && selected.length > 0) setSelected(selected.slice(0, -1))
    else return
    event.preventDefault()
  }
  const start = async () => {
    setBusy(true)
    setProblem(undefined)
    try {
      const room = await session.directRoom(selected.map((person) => person.userId))
      const name = groupName.trim()
      if (selected.length > 1 && name !== "") await session.room(room)?.setState("m.room.name", "", { name })
      onClose()
      navigate({ kind: "room", room, space: undefined, event: undefined, thread: undefined })
    } catch (error) {
      setProblem(t("shell.new.createFailed", { reason: reasonOf(error) }))
      setBusy(false)
    }
  }

  return (
    <Dialog
      title={t("shell.new.title")} onClose={onClose} className="new-message"
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button variant="primary" disabled={selected.length === 0} isBusy={isBusy} onClick={() => void start()}>{selected.length > 1 ? t("shell.new.startGroup") : t("shell.new.start")}</Button>
        </>
      }
    >
      <p className="new-message-hint">{t("shell.new.hint")}</p>
      {selected.length > 0 && (
        <ul className="new-message-selected" aria-label={t("shell.new.selected")}>
          {selected.map((person) => (
            <li key={person.userId}>
              <button type="button" className="new-message-chip" aria-label={t("shell.new.remove", { name: memberName(person) })} onClick={() => toggle(person)}>
                <Avatar id={person.userId} name={memberName(person)} mxc={person.avatar} size={20} />{memberName(person)}<Icon name="x" size={12} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <SearchField label={t("shell.new.search")} value={typed} onChange={setTyped} ref={input} onKeyDown={pressed} data-autofocus="" />
      {selected.length > 1 && <TextField label={t("shell.new.groupName")} value={groupName} onChange={setGroupName} />}
      <h3 className="new-message-heading">{term === "" ? t("shell.new.suggestions") : t("shell.new.results")} {isSearching && <Spinner size={14} />}</h3>
      <ul className="new-message-people">
        {people.map((person) => {
          const isSelected = selected.some((one) => one.userId === person.userId)
          return (
            <li key={person.userId}>
              <button type="button" className="new-message-person" aria-pressed={isSelected} onClick={() => toggle(person)}>
                <Avatar id={person.userId} name={memberName(person)} mxc={person.avatar} size={32} />
                <span className="new-message-text"><span>{memberName(person)}</span><span className="new-message-id">{person.userId}</span></span>
                {isSelected && <Icon name="check" size={16} />}
              </button>
            </li>
          )
        })}
      </ul>
      <p className="new-message-note" role="status">
        {problem ?? (!isSearching && term !== "" && people.length === 0 ? (found.failed ? t("shell.new.failed") : t("shell.new.noResults")) : "")}
      </p>
    </Dialog>
  )
}
