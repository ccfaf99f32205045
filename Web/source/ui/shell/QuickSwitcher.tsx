import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from "react"
import { narrowed, placeCandidates, type Place, type PlaceCandidate } from "../../domain/search/places"
import { searchDirectory, typedUserID, type Person } from "../../domain/search/people"
import { rank } from "../../domain/search/rank"
import { memberName } from "../../domain/rooms/roomName"
import { unreadMark } from "../../domain/rooms/unread"
import { Avatar, Dialog, Icon } from "../design"
import { t } from "../language/t"
import { currentRoute, navigate } from "../navigation/useRoute"
import { failureText, markAllRead, openDirect } from "./actions"
import { roomRoute, serverRoute } from "./hooks"
import { KindIcon } from "./KindIcon"
import { MarkBadge } from "./MarkBadge"
import { Marked } from "./Marked"
import { RoomAvatar } from "./RoomAvatar"
import { roomTitle } from "./roomTitle"
import { useShell, type ShellState } from "./ShellState"
import { useFailure } from "./useFailure"
import { toggleMembers } from "./useShellKeys"
import { roomKind } from "../../domain/rooms/roomKind"
import "./QuickSwitcher.css"

const shown = 12
/** Typing pauses for so long before the server's directory is asked, in milliseconds. */
const pause = 250

/** Jumps to any room, person or server by a few letters, and runs commands. */
export function QuickSwitcher({ isNarrow, onClose }: { isNarrow: boolean; onClose: () => void }) {
  const shell = useShell()
  const [typed, setTyped] = useState("")
  const [active, setActive] = useState(0)
  const [answer, setAnswer] = useState<{ term: string; people: readonly Person[] }>({ term: "", people: [] })
  const fail = useFailure()
  const id = useId()
  const list = useRef<HTMLUListElement>(null)
  const all = useMemo(() => {
    const route = currentRoute()
    const here = route.kind === "room" ? route.room : undefined
    const recents = shell.layout.state.get().recents.filter((room) => room !== here)
    return [...placeCandidates(shell.session.rooms.get(), shell.index, recents, roomTitle), ...commands(shell)]
  }, [shell])

  const { text, kind } = narrowed(typed)
  const wantsStrangers = text.trim().length >= 2 && (kind === undefined || kind === "person")
  useEffect(() => {
    if (!wantsStrangers) return undefined
    const stop = new AbortController()
    const wait = setTimeout(() => {
      searchDirectory(shell.session.api, text.trim(), 5, stop.signal).then(
        ({ people }) => { if (!stop.signal.aborted) setAnswer({ term: text.trim(), people }) },
        // The directory only adds to what is known here.
        () => undefined,
      )
    }, pause)
    return () => {
      clearTimeout(wait)
      stop.abort()
    }
  }, [shell, text, wantsStrangers])

  const candidates = useMemo(() => {
    const known = new Set(all.flatMap((one) => (one.place.kind === "person" ? [one.place.userId] : [])))
    const strangers = wantsStrangers && answer.term === text.trim() ? answer.people : []
    const added = strangers.filter((person) => !known.has(person.userId) && person.userId !== shell.session.userId).map((person): PlaceCandidate => ({
      key: person.userId, text: memberName(person), otherTexts: [person.userId], bonus: -30, place: { kind: "person", userId: person.userId, avatar: person.avatar, room: undefined },
    }))
    return [...all, ...(kind === undefined && text.trim() === "" ? [] : added)].filter((one) => (kind === undefined ? text.trim() !== "" || one.place.kind !== "command" : one.place.kind === kind))
  }, [all, answer, wantsStrangers, kind, text, shell])
  const found = useMemo(() => {
    const ranked = rank(text.trim(), candidates, shown)
    const typedID = typedUserID(typed)
    if (typedID === undefined || ranked.some((one) => one.candidate.place.kind === "person" && one.candidate.place.userId === typedID)) return ranked
    const direct: PlaceCandidate = { key: typedID, text: t("shell.switcher.writeTo", { user: typedID }), otherTexts: [], bonus: 0, place: { kind: "person", userId: typedID, avatar: undefined, room: undefined } }
    return [{ candidate: direct, match: { score: 0, ranges: [] } }, ...ranked]
  }, [text, typed, candidates])
  const chosen = found[Math.min(active, found.length - 1)]

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" })
  })

  const open = (candidate: PlaceCandidate) => {
    onClose()
    const { place } = candidate
    switch (place.kind) {
      case "room":
        return navigate(roomRoute(shell, place.room))
      case "server":
        return navigate(serverRoute(shell, place.room, isNarrow))
      case "person":
        if (place.room !== undefined) return navigate(roomRoute(shell, place.room))
        openDirect(shell, place.userId).catch((error: unknown) => fail(failureText(error)))
        return undefined
      case "command":
        return runCommand(shell, place.command)
    }
  }
  const pressed = (event: KeyboardEvent) => {
    const count = found.length
    const at = Math.min(active, count - 1)
    if (event.key === "ArrowDown" && count > 0) setActive((at + 1) % count)
    else if (event.key === "ArrowUp" && count > 0) setActive((at + count - 1) % count)
    else if (event.key === "Enter" && chosen !== undefined && !event.nativeEvent.isComposing) open(chosen.candidate)
    else return
    event.preventDefault()
  }

  return (
    <Dialog title={t("shell.switcher.title")} isTitleHidden onClose={onClose} className="quick-switcher" isFlush>
      <input className="quick-switcher-input" value={typed} onChange={(event) => { setTyped(event.target.value); setActive(0) }} onKeyDown={pressed}
        role="combobox" aria-expanded="true" aria-controls={`${id}-list`} aria-activedescendant={chosen === undefined ? undefined : `${id}-${chosen.candidate.key}`} aria-autocomplete="list"
        aria-label={t("shell.switcher.title")} placeholder={t("shell.switcher.placeholder")} data-autofocus="" autoComplete="off" spellCheck={false} />
      <ul className="quick-switcher-list" id={`${id}-list`} role="listbox" aria-label={t("shell.switcher.title")} ref={list}>
        {found.map(({ candidate, match }) => (
          <li key={candidate.key} id={`${id}-${candidate.key}`} role="option" aria-selected={candidate === chosen?.candidate} className="quick-switcher-row" onClick={() => open(candidate)} onMouseMove={() => setActive(found.findIndex((one) => one.candidate === candidate))}>
            <PlaceFace place={candidate.place} name={candidate.text} />
            <span className="quick-switcher-name"><Marked text={candidate.text} ranges={match.ranges} /></span>
            <PlaceHint place={candidate.place} />
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="quick-switcher-none">{t("shell.switcher.none")}</p>}
      <p className="quick-switcher-hint">{t("shell.switcher.hint")}</p>
      <p className="visually-hidden" role="status">{t("shell.switcher.results", { count: found.length })}</p>
    </Dialog>
  )
}

function PlaceFace({ place, name }: { place: Place; name: string }) {
  const { index } = useShell()
  if (place.kind === "command") return <span className="quick-switcher-face"><Icon name="bolt" size={18} /></span>
  const summary = place.room === undefined ? undefined : index.summary(place.room)
  if (place.kind === "person" && summary === undefined) return <Avatar id={place.userId} name={name} mxc={place.avatar} size={24} />
  if (summary === undefined) return null
  if (place.kind === "room" && !summary.isDirect && index.serverOf(summary.id) !== undefined) return <span className="quick-switcher-face"><KindIcon kind={roomKind(summary)} /></span>
  return <RoomAvatar summary={summary} size={24} />
}

function PlaceHint({ place }: { place: Place }) {
  const { index } = useShell()
  if (place.kind === "command") return <span className="quick-switcher-kind">{t("shell.switcher.command")}</span>
  const summary = place.room === undefined ? undefined : index.summary(place.room)
  const server = place.kind === "room" && summary !== undefined ? index.serverOf(summary.id) : undefined
  const label = server === undefined ? t(`shell.switcher.${place.kind}`) : index.summary(server)?.name ?? ""
  return (
    <>
      <span className="quick-switcher-kind">{label}</span>
      {summary !== undefined && <MarkBadge count={unreadMark(summary).badge} />}
    </>
  )
}

function commands(shell: ShellState): PlaceCandidate[] {
  const command = (name: string, text: string): PlaceCandidate => ({ key: `> ${name}`, text, otherTexts: [], bonus: -60, place: { kind: "command", command: name } })
  return [
    command("new-message", t("shell.command.newMessage")), command("inbox", t("shell.command.inbox")), command("settings", t("shell.command.settings")), command("search", t("shell.command.search")),
    command("members", t("shell.command.members")), command("shortcuts", t("shell.command.shortcuts")),
    ...(shell.index.unreadRooms.size > 0 ? [command("mark-all-read", t("shell.command.markAllRead"))] : []),
    command("create-server", t("shell.command.createServer")), command("discover", t("shell.command.discover")),
  ]
}

function runCommand(shell: ShellState, command: string) {
  switch (command) {
    case "new-message":
    case "shortcuts":
    case "create-server":
      // After this dialog has given the focus back.
      setTimeout(() => shell.dialog.set({ kind: command }), 0)
      break
    case "inbox":
    case "discover":
      navigate({ kind: "home", section: command })
      break
    case "settings":
      navigate({ kind: "settings", page: undefined })
      break
    case "search":
      shell.panel.set({ kind: "search", room: undefined })
      break
    case "members":
      toggleMembers(shell)
      break
    case "mark-all-read":
      void markAllRead(shell.session, [...shell.index.unreadRooms.get(), ...shell.index.unreadThreads.get()])
      break
    default:
      break
  }
}
