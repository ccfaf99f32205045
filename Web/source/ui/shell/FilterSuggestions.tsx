import { matchingPeople, type Person } from "../../domain/search/people"
import { hasValues, searchFilter, type FilterKind, type SearchFilter } from "../../domain/search/query"
import { rank } from "../../domain/search/rank"
import type { NamedRoom } from "../../domain/search/resolve"
import { localpart, memberName } from "../../domain/rooms/roomName"
import { Avatar } from "../design"
import { t } from "../language/t"

const shown = 6
const hasTexts = { file: "shell.search.hasFile", image: "shell.search.hasImage", link: "shell.search.hasLink" } as const

/** What a filter that was begun can be completed with. */
export function FilterSuggestions({ id, pending, people, rooms, onChoose }: {
  id: string; pending: { readonly kind: FilterKind; readonly value: string }; people: readonly Person[]; rooms: readonly NamedRoom[]; onChoose: (filter: SearchFilter) => void
}) {
  if (pending.kind === "before" || pending.kind === "after") {
    return (
      <div className="search-panel-suggestions" id={id}>
        <label className="search-panel-date">{t(`shell.search.${pending.kind}`)}
          <input type="date" onChange={(event) => {
            const filter = searchFilter(pending.kind, event.target.value)
            if (filter !== undefined) onChoose(filter)
          }} />
        </label>
      </div>
    )
  }
  const options: { key: string; filter: SearchFilter; label: string; person?: Person }[] =
    pending.kind === "from" ? matchingPeople(people, pending.value, shown).map((person) => ({ key: person.userId, filter: { kind: "from", value: personValue(person, people) }, label: memberName(person), person }))
    : pending.kind === "in" ? rank(pending.value, rooms.map((room) => ({ key: room.id, text: room.name, otherTexts: [], bonus: 0 })), shown).map(({ candidate }) => ({ key: candidate.key, filter: { kind: "in", value: roomValue(candidate.key, candidate.text, rooms) }, label: candidate.text }))
    : hasValues.filter((value) => value.startsWith(pending.value.toLowerCase())).map((value) => ({ key: value, filter: { kind: "has", value }, label: t(hasTexts[value]) }))
  if (options.length === 0) return null
  return (
    <ul className="search-panel-suggestions" id={id}>
      {options.map((option) => (
        <li key={option.key}>
          <button type="button" onClick={() => onChoose(option.filter)}>
            {option.person !== undefined && <Avatar id={option.person.userId} name={option.label} mxc={option.person.avatar} size={20} />}
            <span>{option.label}</span>
            {option.person !== undefined && <span className="search-panel-hint">{option.person.userId}</span>}
          </button>
        </li>
      ))}
    </ul>
  )
}

/** The short way to name somebody, where it is clear; else the whole ID. */
function personValue(person: Person, people: readonly Person[]): string {
  const short = localpart(person.userId)
  return people.filter((one) => localpart(one.userId) === short || memberName(one).toLowerCase() === short).length === 1 ? short : person.userId
}

function roomValue(id: string, name: string, rooms: readonly NamedRoom[]): string {
  return rooms.filter((room) => room.name === name).length === 1 && !name.includes('"') ? name : id
}
