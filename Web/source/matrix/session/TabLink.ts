import type { JSONObject } from "../base/read"
import type { RoomID, UserID } from "../contract/events"
import type { Channel, Platform } from "../contract/platform"
import type { SyncStatus } from "../contract/session"
import type { OutboxMessage } from "../rooms/Outbox"
import type { RoomRecord } from "../store/records"
import type { RoomChange } from "../store/writeUpdate"
import type { Interest } from "../sync/slidingRequest"

/** What the tabs of one account tell each other. */
export type TabMessage =
  | OutboxMessage
  /** What the syncing tab wrote. */
  | { readonly kind: "update"; readonly rooms: readonly RoomChange[]; readonly accountData: readonly { readonly type: string; readonly content: JSONObject }[]; readonly presence: readonly { readonly userId: UserID; readonly content: JSONObject }[] }
  | { readonly kind: "status"; readonly status: SyncStatus }
  /** Records that a tab changed by itself. */
  | { readonly kind: "records"; readonly records: readonly RoomRecord[] }
  | { readonly kind: "removed"; readonly room: RoomID }
  /** The rooms that a tab shows. */
  | { readonly kind: "interests"; readonly tab: string; readonly rooms: readonly (readonly [RoomID, Interest])[] }
  /** A tab that begins asks for everybody's interests and the status. */
  | { readonly kind: "hello" }
  | { readonly kind: "gone"; readonly tab: string }

/** The link to the other tabs of one account, and who of them wants what. */
export class TabLink {
  private readonly channel: Channel
  private readonly own = new Map<RoomID, Map<symbol, Interest>>()
  private readonly others = new Map<string, { readonly heard: number; readonly rooms: readonly (readonly [RoomID, Interest])[] }>()

  constructor(private readonly platform: Platform, userId: UserID, private readonly tab: string, private readonly interestsChanged: () => void) {
    this.channel = platform.openChannel(`martlet:${userId}`)
  }

  listen(listener: (message: TabMessage) => void) {
    this.channel.subscribe((data) => {
      // Only this client posts to its channel.
      const message = data as TabMessage
      if (message.kind === "interests") {
        this.others.set(message.tab, { heard: this.platform.clock.now(), rooms: message.rooms })
        this.interestsChanged()
      } else if (message.kind === "gone") this.others.delete(message.tab)
      else if (message.kind === "hello") this.tellInterests()
      listener(message)
    })
  }

  post(message: TabMessage) {
    this.channel.post(message)
  }

  /** Wants more of a room until the answer is called. */
  want(room: RoomID, interest: Interest): () => void {
    const mark = Symbol(room)
    let wants = this.own.get(room)
    if (wants === undefined) this.own.set(room, (wants = new Map()))
    wants.set(mark, interest)
    this.changed()
    return () => {
      wants?.delete(mark)
      if (wants?.size === 0) this.own.delete(room)
      this.changed()
    }
  }

  /** What all tabs together want. */
  interests(): ReadonlyMap<RoomID, Interest> {
    const all = new Map<RoomID, Interest>()
    const add = (room: RoomID, interest: Interest) => {
      if (all.get(room) !== "timeline") all.set(room, interest)
    }
    for (const [room, wants] of this.own) for (const interest of wants.values()) add(room, interest)
    for (const { rooms } of this.others.values()) for (const [room, interest] of rooms) add(room, interest)
    // More is not worth it: the oldest wishes come first in each tab's list, the newest last.
    return new Map([...all].slice(-80))
  }

  close() {
    this.post({ kind: "gone", tab: this.tab })
    this.channel.close()
  }

  private changed() {
    this.tellInterests()
    this.interestsChanged()
  }

  private tellInterests() {
    const rooms: (readonly [RoomID, Interest])[] = []
    for (const [room, wants] of this.own) rooms.push([room, [...wants.values()].includes("timeline") ? "timeline" : "state"])
    this.post({ kind: "interests", tab: this.tab, rooms })
  }
}
