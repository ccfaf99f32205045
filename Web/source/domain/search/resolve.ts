import type { RoomID, UserID } from "../../matrix/contract/events"
import type { SearchQuery } from "../../matrix/contract/session"
import { memberName } from "../rooms/roomName"
import { fold } from "./fold"
import { typedUserID, type Person } from "./people"
import { dayEnd, dayStart, type SearchFilter } from "./query"

/** A room that a filter may name. */
export interface NamedRoom { readonly id: RoomID; readonly name: string; readonly alias: string | undefined }

export type Resolved =
  | { readonly kind: "query"; readonly query: SearchQuery }
  | { readonly kind: "unknown-person" | "unknown-room"; readonly value: string }

/** From what was typed to what the session is asked. `room`: where one is searching, if a filter says nothing else. */
export function resolveSearch(
  text: string, filters: readonly SearchFilter[], room: RoomID | undefined, people: readonly Person[], rooms: readonly NamedRoom[], order: "recent" | "rank",
): Resolved {
  const senders: UserID[] = []
  const within: RoomID[] = []
  let query: SearchQuery = { text, order }
  for (const filter of filters) {
    switch (filter.kind) {
      case "from": {
        const user = findPerson(filter.value, people)
        if (user === undefined) return { kind: "unknown-person", value: filter.value }
        senders.push(user)
        break
      }
      case "in": {
        const found = findRoom(filter.value, rooms)
        if (found === undefined) return { kind: "unknown-room", value: filter.value }
        within.push(found)
        break
      }
      case "before": {
        const before = dayStart(filter.value)
        if (before !== undefined) query = { ...query, before }
        break
      }
      case "after": {
        const after = dayEnd(filter.value)
        if (after !== undefined) query = { ...query, after }
        break
      }
      case "has":
        query = { ...query, has: filter.value }
        break
    }
  }
  const places = within.length > 0 ? within : room === undefined ? undefined : [room]
  return { kind: "query", query: { ...query, ...(senders.length > 0 ? { senders } : {}), ...(places === undefined ? {} : { rooms: places }) } }
}

/** A whole ID, else the first whose name or localpart is this, else begins so. */
export function findPerson(value: string, people: readonly Person[]): UserID | undefined {
  const id = typedUserID(value)
  if (id !== undefined) return id
  const wanted = fold(value.replace(/^@/, ""))
  const names = (person: Person) => [fold(memberName(person)), fold(person.userId.slice(1, person.userId.indexOf(":")))]
  return (people.find((person) => names(person).includes(wanted)) ?? people.find((person) => names(person).some((name) => name.startsWith(wanted))))?.userId
}

/** A room by ID, address or name, with or without its #. */
export function findRoom(value: string, rooms: readonly NamedRoom[]): RoomID | undefined {
  const wanted = fold(value.replace(/^#/, ""))
  return (rooms.find((room) => room.id === value || room.alias === value || fold(room.name) === wanted) ?? rooms.find((room) => fold(room.name).startsWith(wanted)))?.id
}

/** How a filter is typed. */
export function filterText(filter: { readonly kind: SearchFilter["kind"]; readonly value: string }): string {
  return `${filter.kind}:${/\s/.test(filter.value) ? `"${filter.value}"` : filter.value}`
}
