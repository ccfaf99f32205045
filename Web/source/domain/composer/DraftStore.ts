import { announce, type Observable } from "../../matrix/base/observable"
import { asArray, asObject, asString, asStrings, type JSONObject } from "../../matrix/base/read"
import type { EventID, RoomID, UserID } from "../../matrix/contract/events"
import type { Settings } from "../../matrix/contract/platform"
import type { Session } from "../../matrix/contract/session"
import type { Mention, MentionTarget } from "../markdown/nodes"

/** A message that is being written. Immutable. */
export interface Draft {
  readonly text: string
  readonly mentions: readonly Mention[]
  readonly replyTo: EventID | undefined
}

export const emptyDraft: Draft = { text: "", mentions: [], replyTo: undefined }

const maximumDrafts = 200
const saveAfterMilliseconds = 400

/** Drafts by room and thread, kept on this device over restarts. */
export class DraftStore {
  private drafts: ReadonlyMap<string, Draft>
  private readonly listeners = new Set<() => void>()
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly settings: Settings, private readonly key: string) {
    this.drafts = this.read()
    settings.subscribe(() => {
      if (this.timer === undefined) this.replace(this.read())
    })
  }

  /** What is being written in a room, or in a thread of it; the empty draft where nothing is. */
  draft(room: RoomID, thread?: EventID): Draft {
    return this.drafts.get(place(room, thread)) ?? emptyDraft
  }

  /** The rooms in whose main timeline something is being written, for lists of rooms. */
  readonly rooms: Observable<ReadonlySet<RoomID>> = (() => {
    let seen: ReadonlyMap<string, Draft> | undefined
    let rooms: ReadonlySet<RoomID> = new Set()
    return {
      get: () => {
        if (seen !== this.drafts) {
          seen = this.drafts
          const next = new Set([...this.drafts].filter(([key, draft]) => !key.includes(" ") && draft.text.trim() !== "").map(([key]) => key))
          if (next.size !== rooms.size || [...next].some((room) => !rooms.has(room))) rooms = next
        }
        return rooms
      },
      subscribe: (listener: () => void) => {
        const own = () => listener()
        this.listeners.add(own)
        return () => {
          this.listeners.delete(own)
        }
      },
    }
  })()

  /** Keeps a draft; an empty one is forgotten. Written to the settings a moment later. */
  set(room: RoomID, thread: EventID | undefined, draft: Draft) {
    const key = place(room, thread)
    const next = new Map(this.drafts)
    next.delete(key)
    if (draft.text !== "" || draft.replyTo !== undefined) next.set(key, draft)
    for (const oldest of next.keys()) {
      if (next.size <= maximumDrafts) break
      next.delete(oldest)
    }
    this.replace(next)
    this.timer ??= setTimeout(() => this.save(), saveAfterMilliseconds)
  }

  /** Writes at once what waits; before the page goes away. */
  save() {
    if (this.timer !== undefined) clearTimeout(this.timer)
    this.timer = undefined
    const object: JSONObject = {}
    for (const [key, draft] of this.drafts) {
      object[key] = {
        text: draft.text, ...(draft.replyTo === undefined ? {} : { replyTo: draft.replyTo }),
        mentions: draft.mentions.map((mention) => ({ text: mention.text, target: { ...mention.target } as unknown as JSONObject })),
      }
    }
    this.settings.set(this.key, this.drafts.size === 0 ? undefined : JSON.stringify(object))
  }

  private replace(drafts: ReadonlyMap<string, Draft>) {
    this.drafts = drafts
    announce(this.listeners)
  }

  private read(): ReadonlyMap<string, Draft> {
    let object: JSONObject | undefined
    try {
      object = asObject(JSON.parse(this.settings.get(this.key) ?? "{}"))
    } catch {
      object = undefined
    }
    const drafts = new Map<string, Draft>()
    for (const [key, value] of Object.entries(object ?? {})) {
      const draft = asObject(value)
      if (draft === undefined) continue
      drafts.set(key, { text: asString(draft["text"]) ?? "", replyTo: asString(draft["replyTo"]), mentions: asArray(draft["mentions"]).flatMap(readMention) })
    }
    return drafts
  }
}

const stores = new WeakMap<Session, DraftStore>()

/** The drafts of an account. */
export function draftsOf(session: Session, settings: Settings): DraftStore {
  const kept = stores.get(session)
  if (kept !== undefined) return kept
  const made = new DraftStore(settings, draftsKey(session.userId))
  stores.set(session, made)
  return made
}

function draftsKey(userId: UserID): string {
  return "martlet:drafts:" + userId
}

function place(room: RoomID, thread: EventID | undefined): string {
  return thread === undefined ? room : `${room} ${thread}`
}

function readMention(value: unknown): Mention[] {
  const mention = asObject(value)
  const text = asString(mention?.["text"])
  const target = readTarget(asObject(mention?.["target"]) ?? {})
  return text === undefined || target === undefined ? [] : [{ text, target }]
}

function readTarget(target: JSONObject): MentionTarget | undefined {
  const userId = asString(target["userId"])
  const room = asString(target["room"])
  switch (target["kind"]) {
    case "user":
      return userId === undefined ? undefined : { kind: "user", userId }
    case "room":
      return room === undefined ? undefined : { kind: "room", room, via: asStrings(target["via"]) }
    case "role":
      return { kind: "role", userIds: asStrings(target["userIds"]) }
    case "everyone":
      return { kind: "everyone" }
    default:
      return undefined
  }
}
