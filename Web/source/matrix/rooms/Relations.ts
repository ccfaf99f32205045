import type { JSONObject } from "../base/read"
import { asArray, asNumber, asObject, asString, asStrings, member } from "../base/read"
import type { EventID, MatrixEvent, UserID } from "../contract/events"
import type { PollState, Reaction } from "../contract/timeline"
import type { Clear } from "./Clear"

interface ReactionEntry { readonly id: EventID; readonly key: string; readonly sender: UserID; readonly shortcode: string | undefined; readonly timestamp: number; readonly isPending: boolean }
interface EditEntry { readonly id: EventID; readonly sender: UserID; readonly timestamp: number; readonly content: JSONObject; readonly isEncrypted: boolean; readonly raw: MatrixEvent }
interface VoteEntry { readonly id: EventID; readonly sender: UserID; readonly timestamp: number; readonly selections: readonly string[] }

/** What is known to relate to one event, whether or not that event is known yet. */
export class Relations {
  readonly edits = new Map<EventID, EditEntry>()
  readonly reactions = new Map<EventID, ReactionEntry>()
  readonly votes = new Map<EventID, VoteEntry>()
  readonly pollEnds = new Map<EventID, { readonly sender: UserID; readonly timestamp: number }>()
  /** Replies in the thread that begins here, with their times and whether they are this person's. */
  readonly replies = new Map<EventID, { readonly timestamp: number; readonly isMine: boolean; readonly isPending: boolean }>()
  threadBundle: { readonly count: number; readonly latest: EventID | undefined; readonly timestamp: number; readonly participated: boolean } | undefined

  /** Takes an event that relates over; false where it is no relation that counts. */
  add(event: MatrixEvent, clear: Clear, me: UserID, isPending = false): boolean {
    const relation = asObject(clear.content["m.relates_to"]) ?? asObject(event.content["m.relates_to"])
    const kind = asString(relation?.["rel_type"])
    const id = event.event_id
    const { sender, origin_server_ts: timestamp } = event
    if (kind === "m.annotation" && clear.type === "m.reaction") {
      const key = asString(relation?.["key"])
      if (key === undefined || key === "") return false
      const shortcode = asString(clear.content["shortcode"]) ?? asString(clear.content["com.beeper.reaction.shortcode"])
      this.reactions.set(id, { id, key, sender, shortcode, timestamp, isPending })
      return true
    }
    if (kind === "m.replace") {
      const content = asObject(clear.content["m.new_content"])
      if (content === undefined || event.state_key !== undefined) return false
      this.edits.set(id, { id, sender, timestamp, content, isEncrypted: event.type === "m.room.encrypted" || clear.isOutgoing === true, raw: event })
      return true
    }
    if (kind === "m.thread") {
      this.replies.set(id, { timestamp, isMine: sender === me, isPending })
      return true
    }
    if (kind === "m.reference") {
      if (/^(m|org\.matrix\.msc3381)\.poll\.response$/.test(clear.type)) {
        const answers = clear.content["m.selections"] ?? member(clear.content, "org.matrix.msc3381.poll.response", "answers") ?? member(clear.content, "m.poll.response", "answers")
        this.votes.set(id, { id, sender, timestamp, selections: asStrings(answers) })
        return true
      }
      if (/^(m|org\.matrix\.msc3381)\.poll\.end$/.test(clear.type)) {
        this.pollEnds.set(id, { sender, timestamp })
        return true
      }
    }
    return false
  }

  /** Forgets a relation that was redacted or taken back. */
  remove(id: EventID) {
    for (const map of [this.edits, this.reactions, this.votes, this.pollEnds, this.replies]) map.delete(id)
  }

  /** The edit that counts: the newest of the same sender, encrypted where the original is. */
  edit(sender: UserID, isEncrypted: boolean): { entry: EditEntry; count: number } | undefined {
    let newest: EditEntry | undefined
    let count = 0
    for (const entry of this.edits.values()) {
      if (entry.sender !== sender || (isEncrypted && !entry.isEncrypted)) continue
      count += 1
      if (newest === undefined || entry.timestamp > newest.timestamp || (entry.timestamp === newest.timestamp && entry.id > newest.id)) newest = entry
    }
    return newest === undefined ? undefined : { entry: newest, count }
  }

  reactionList(me: UserID, isHidden: (id: EventID, sender: UserID) => boolean): readonly Reaction[] {
    const byKey = new Map<string, { shortcode: string | undefined; senders: Set<UserID>; mine: EventID | "pending" | undefined; first: number }>()
    const entries = [...this.reactions.values()].sort((a, b) => a.timestamp - b.timestamp)
    for (const entry of entries) {
      if (isHidden(entry.id, entry.sender)) continue
      let group = byKey.get(entry.key)
      if (group === undefined) byKey.set(entry.key, (group = { shortcode: undefined, senders: new Set(), mine: undefined, first: entry.timestamp }))
      group.senders.add(entry.sender)
      group.shortcode ??= entry.shortcode
      if (entry.sender === me && (group.mine === undefined || !entry.isPending)) group.mine = entry.isPending ? "pending" : entry.id
    }
    return [...byKey].map(([key, group]) => ({
      key, shortcode: group.shortcode, count: group.senders.size, senders: [...group.senders], mine: group.mine,
    }))
  }

  poll(start: JSONObject, creator: UserID, me: UserID, mayEnd: (userId: UserID) => boolean): PollState {
    const definition = asObject(start["m.poll"]) ?? asObject(start["org.matrix.msc3381.poll.start"]) ?? asObject(start["m.poll.start"]) ?? {}
    const answers = new Set(asArray(definition["answers"]).flatMap((answer) => asString(member(answer, "m.id")) ?? asString(member(answer, "id")) ?? []))
    const most = Math.max(1, asNumber(definition["max_selections"]) ?? 1)
    let end = Infinity
    for (const entry of this.pollEnds.values()) if (entry.sender === creator || mayEnd(entry.sender)) end = Math.min(end, entry.timestamp)
    const newest = new Map<UserID, VoteEntry>()
    for (const vote of this.votes.values()) {
      if (vote.timestamp > end) continue
      const known = newest.get(vote.sender)
      if (known === undefined || vote.timestamp > known.timestamp || (vote.timestamp === known.timestamp && vote.id > known.id)) newest.set(vote.sender, vote)
    }
    const votes = new Map<string, UserID[]>([...answers].map((id) => [id, []]))
    let mine: readonly string[] = []
    for (const vote of newest.values()) {
      // "truncate to max_selections"; a vote with an unknown answer counts for nothing.
      const chosen = [...new Set(vote.selections)].slice(0, most)
      if (chosen.some((id) => !answers.has(id))) continue
      for (const id of chosen) votes.get(id)?.push(vote.sender)
      if (vote.sender === me) mine = chosen
    }
    return { votes, mine, isEnded: end !== Infinity }
  }
}
