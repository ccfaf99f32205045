import type { EventID, UserID } from "../../matrix/contract/events"
import type { TimelineEvent } from "../../matrix/contract/timeline"
import { isMessageType, messageContent } from "./MessageContent"
import { systemEvent } from "./systemEvent"

/** A row of the timeline as it is shown. Rows keep their identity while nothing in them changes. */
export type Row =
  /** `timestamp` lies in the day. */
  | { readonly kind: "day"; readonly key: string; readonly timestamp: number }
  | { readonly kind: "unread"; readonly key: string }
  /** `startsGroup`: shows who wrote it. Several `events`: pictures by one person that stand together. */
  | { readonly kind: "message"; readonly key: string; readonly events: readonly TimelineEvent[]; readonly startsGroup: boolean }
  /** One event, or a run of changes of members. */
  | { readonly kind: "system"; readonly key: string; readonly events: readonly TimelineEvent[] }

export interface RowOptions {
  /** Where the unread line goes: after this event. */
  readonly unreadAfter: EventID | undefined
  readonly ownUserId: UserID
  readonly ignored: ReadonlySet<UserID>
  /** Minutes east of UTC at a time. */
  readonly minutesEast: (timestamp: number) => number
  readonly showsMembership: boolean
  readonly showsProfileChanges: boolean
}

export interface Rows {
  readonly rows: readonly Row[]
  /** The row in which an event stands; events that are not shown belong to the row before them. */
  readonly rowOf: ReadonlyMap<EventID, number>
  /** How many messages of others come after the unread line. */
  readonly unreadCount: number
}

/** Messages by the same person within this time stand together. */
const groupMilliseconds = 7 * 60_000
const galleryMilliseconds = 60_000
const maximumGallery = 10
const foundationMilliseconds = 10_000

/** Makes rows of events, again and again, giving the same objects for what did not change. */
export class RowBuilder {
  private kept = new Map<string, Row>()
  private last: { readonly events: readonly TimelineEvent[]; readonly options: RowOptions; readonly pass: Pass } | undefined

  build(events: readonly TimelineEvent[], options: RowOptions): Rows {
    const last = this.last
    // Mostly something was added at the end: then only that is looked at.
    if (last !== undefined && last.pass.canGoOn && isSameOptions(last.options, options) && isPrefix(last.events, events)) {
      const from = Math.max(0, last.pass.rows.length - 1)
      last.pass.run(events.slice(last.events.length))
      for (const row of last.pass.rows.slice(from)) this.kept.set(row.key, row)
      this.last = { events, options, pass: last.pass }
      return last.pass.result()
    }
    const pass = new Pass(options, this.kept)
    pass.run(events)
    this.kept = new Map(pass.rows.map((row) => [row.key, row]))
    this.last = { events, options, pass }
    return pass.result()
  }
}

function isPrefix(shorter: readonly TimelineEvent[], longer: readonly TimelineEvent[]): boolean {
  return shorter.length <= longer.length && shorter.every((event, index) => event === longer[index])
}

function isSameOptions(a: RowOptions, b: RowOptions): boolean {
  return a.unreadAfter === b.unreadAfter && a.ownUserId === b.ownUserId && a.ignored === b.ignored && a.minutesEast === b.minutesEast
    && a.showsMembership === b.showsMembership && a.showsProfileChanges === b.showsProfileChanges
}

class Pass {
  readonly rows: Row[] = []
  readonly rowOf = new Map<EventID, number>()
  unreadCount = 0
  private day = Number.NaN
  private isAfterUnread = false
  private wantsUnreadLine = false
  /** The message that the next may join. */
  private previous: TimelineEvent | undefined
  private system: TimelineEvent[] = []
  /** The event that made the room, where it is in sight. */
  private foundation: TimelineEvent | undefined

  constructor(private readonly options: RowOptions, private readonly kept: ReadonlyMap<string, Row>) {}

  /** A run of changes at the end may grow: it is made anew with what comes. */
  get canGoOn(): boolean {
    return this.rows[this.rows.length - 1]?.kind === "message"
  }

  result(): Rows {
    return { rows: [...this.rows], rowOf: this.rowOf, unreadCount: this.unreadCount }
  }

  run(events: readonly TimelineEvent[]) {
    for (const event of events) {
      this.add(event)
      if (event.id !== undefined) {
        // A run of changes is pushed later, at the place that is now the end.
        this.rowOf.set(event.id, this.system.length > 0 ? this.rows.length : Math.max(0, this.rows.length - 1))
        if (event.id === this.options.unreadAfter) this.isAfterUnread = this.wantsUnreadLine = true
      }
    }
    this.flushSystem()
  }

  private add(event: TimelineEvent) {
    if (this.options.ignored.has(event.sender)) return
    if (isMessageType(event.type)) this.addMessage(event)
    else if (!this.isOfFoundation(event) && isShownSystemEvent(event, this.options)) this.addSystem(event)
  }

  /** What a room was set up with in the moment of its making is one line, "created": name, rules and the founder's own joining say nothing more. */
  private isOfFoundation(event: TimelineEvent): boolean {
    if (event.type === "m.room.create" && event.stateKey === "") {
      this.foundation = event
      return false
    }
    const { foundation } = this
    return foundation !== undefined && event.stateKey !== undefined && event.sender === foundation.sender && event.previousContent === undefined
      && event.timestamp - foundation.timestamp < foundationMilliseconds && event.type !== "m.room.encryption"
      && (event.type !== "m.room.member" || event.stateKey === event.sender)
  }

  private addMessage(event: TimelineEvent) {
    this.flushSystem()
    this.separate(event)
    if (this.isAfterUnread && event.sender !== this.options.ownUserId) this.unreadCount += 1
    const last = this.rows[this.rows.length - 1]
    if (last?.kind === "message" && this.joinsGallery(last.events, event)) {
      const first = last.events[0]
      this.rows.pop()
      this.push({ kind: "message", key: first?.key ?? event.key, events: [...last.events, event], startsGroup: last.startsGroup })
    } else {
      this.push({ kind: "message", key: event.key, events: [event], startsGroup: !this.continues(event, last) })
    }
    this.previous = event
  }

  private continues(event: TimelineEvent, last: Row | undefined): boolean {
    const previous = this.previous
    return previous !== undefined && last?.kind === "message" && previous.sender === event.sender && event.replyTo === undefined
      && event.timestamp - previous.timestamp < groupMilliseconds && event.timestamp >= previous.timestamp - groupMilliseconds
      && !isEmote(event) && !isEmote(previous)
  }

  private joinsGallery(events: readonly TimelineEvent[], event: TimelineEvent): boolean {
    const last = events[events.length - 1]
    return last !== undefined && events.length < maximumGallery && last.sender === event.sender && isLonelyPicture(last) && isLonelyPicture(event)
      && event.timestamp - last.timestamp < galleryMilliseconds && event.replyTo === undefined
  }

  private addSystem(event: TimelineEvent) {
    const last = this.system[this.system.length - 1]
    const breaks = last !== undefined && (event.type !== "m.room.member" || last.type !== "m.room.member"
      || this.dayOf(event) !== this.dayOf(last) || this.wantsUnreadLine)
    if (breaks) this.flushSystem()
    if (this.system.length === 0) this.separate(event)
    this.system.push(event)
  }

  private flushSystem() {
    const [first] = this.system
    if (first !== undefined) this.push({ kind: "system", key: "system:" + first.key, events: this.system })
    this.system = []
  }

  /** Puts the unread line and the day before an event where they belong. */
  private separate(event: TimelineEvent) {
    if (this.wantsUnreadLine && event.sender !== this.options.ownUserId) {
      this.wantsUnreadLine = false
      this.push({ kind: "unread", key: "unread" })
    }
    const day = this.dayOf(event)
    if (day === this.day) return
    this.day = day
    this.push({ kind: "day", key: "day:" + day + ":" + event.key, timestamp: event.timestamp })
  }

  private dayOf(event: TimelineEvent): number {
    return Math.floor((event.timestamp + this.options.minutesEast(event.timestamp) * 60_000) / 86_400_000)
  }

  private push(row: Row) {
    const kept = this.kept.get(row.key)
    this.rows.push(kept !== undefined && isSame(kept, row) ? kept : row)
  }
}

function isSame(a: Row, b: Row): boolean {
  if (a.kind === "message" && b.kind === "message") return a.startsGroup === b.startsGroup && isSameList(a.events, b.events)
  if (a.kind === "system" && b.kind === "system") return isSameList(a.events, b.events)
  return a.kind === b.kind
}

function isSameList(a: readonly TimelineEvent[], b: readonly TimelineEvent[]): boolean {
  return a.length === b.length && a.every((event, index) => event === b[index])
}

function isEmote(event: TimelineEvent): boolean {
  const content = messageContent(event)
  return content.kind === "text" && content.style === "emote"
}

/** A picture without a text, an answer, reactions or trouble: it may stand in a gallery. */
function isLonelyPicture(event: TimelineEvent): boolean {
  const content = messageContent(event)
  return content.kind === "image" && content.caption === undefined && event.reactions.length === 0 && event.thread === undefined
    && event.sending.kind === "received" && event.edited === undefined
}

function isShownSystemEvent(event: TimelineEvent, options: RowOptions): boolean {
  if (event.stateKey === undefined) return false
  const system = systemEvent(event)
  if (system === undefined) return false
  if (system.kind === "display-name" || system.kind === "member-avatar") return options.showsProfileChanges
  // Who was thrown out is always told.
  return options.showsMembership || system.kind !== "membership" || system.change === "kicked" || system.change === "banned"
}
