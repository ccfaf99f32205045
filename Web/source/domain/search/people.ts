import { asArray, asBoolean, asString, member } from "../../matrix/base/read"
import type { MXC, UserID } from "../../matrix/contract/events"
import type { Session } from "../../matrix/contract/session"
import { memberName } from "../rooms/roomName"
import { match } from "./match"

/** Somebody to write to. */
export interface Person {
  readonly userId: UserID
  readonly displayName: string | undefined
  readonly avatar: MXC | undefined
}

/** A whole user ID, as somebody may type or paste it: also as a matrix.to link. */
export function typedUserID(text: string): UserID | undefined {
  const link = /^https:\/\/matrix\.to\/#\/((?:@|%40)[^/?]+)/i.exec(text.trim())
  const id = link?.[1] === undefined ? text.trim() : decoded(link[1])
  return /^@[^\s:]{1,200}:[A-Za-z0-9.\-:[\]]{1,230}$/.test(id) && id.length <= 255 ? id : undefined
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Asks the server's directory; gives the people and whether there are more than it told of. */
export async function searchDirectory(api: Session["api"], term: string, limit = 30, signal?: AbortSignal): Promise<{ people: readonly Person[]; isLimited: boolean }> {
  const answer = await api.post("/_matrix/client/v3/user_directory/search", { search_term: term, limit }, undefined, signal)
  const people = asArray(answer.results).flatMap((item): Person[] => {
    const userId = asString(member(item, "user_id"))
    return userId === undefined ? [] : [{ userId, displayName: asString(member(item, "display_name")), avatar: asString(member(item, "avatar_url")) }]
  })
  return { people, isLimited: asBoolean(answer.limited) ?? false }
}

/** People that are known from conversations, who match what was typed, best first. */
export function matchingPeople(people: readonly Person[], typed: string, limit: number): readonly Person[] {
  const found = people.flatMap((person) => {
    const name = match(typed, memberName(person))
    const id = match(typed, person.userId)
    const score = Math.max(name?.score ?? -1, (id?.score ?? -1) * 0.6)
    return name === undefined && id === undefined ? [] : [{ person, score }]
  })
  return found.sort((a, b) => b.score - a.score).slice(0, limit).map((one) => one.person)
}
