import { asBoolean, asObject, asString } from "../../matrix/base/read"
import type { RoomID, UserID } from "../../matrix/contract/events"
import type { Channel, Platform } from "../../matrix/contract/platform"
import type { IncomingNotification } from "../../matrix/contract/session"
import { decide, type Decision, type NotificationWishes } from "./decide"

/** What the centre is told by, and tells, the rest of the client. */
export interface NotificationHost {
  readonly userId: UserID
  onNotification(listener: (notification: IncomingNotification) => void): () => void
  wishes(): NotificationWishes
  isRoomMuted(room: RoomID): boolean
  isServerMuted(room: RoomID): boolean
  present(notification: IncomingNotification, decision: Decision): void
}

interface TabState { readonly hasFocus: boolean; readonly room: RoomID | undefined; readonly at: number }

/** Sounds keep at least this distance, in milliseconds. */
const soundPause = 1200
/** So many events are remembered, so that none is told of twice. */
const memory = 500
/** A tab that was not heard of for so long is taken to be gone. */
const tabLife = 90_000

/**
 * Of all tabs of an account one shows notifications; it knows what the others are looking at. Tabs hand it what reaches them, so it does
 * not matter which of them is syncing.
 */
export class NotificationCentre {
  private readonly channel: Channel
  private readonly tabs = new Map<string, TabState>()
  private readonly told = new Set<string>()
  private readonly name = Math.random().toString(36).slice(2)
  private readonly ends: (() => void)[] = []
  private isStopped = false
  private release: () => void = () => undefined
  private isLeader = false
  private lastSound = 0
  private own: TabState = { hasFocus: false, room: undefined, at: 0 }

  constructor(private readonly platform: Pick<Platform, "openChannel" | "locks" | "clock">, private readonly host: NotificationHost) {
    this.channel = platform.openChannel(`martlet:notifications:${host.userId}`)
  }

  start() {
    this.ends.push(this.channel.subscribe((message) => this.heard(message)))
    this.ends.push(this.host.onNotification((notification) => {
      if (this.isLeader) this.handle(notification)
      else this.channel.post({ kind: "notification", notification })
    }))
    this.channel.post({ kind: "who" })
    void this.lead()
  }

  stop() {
    this.channel.post({ kind: "gone", tab: this.name })
    this.isStopped = true
    this.release()
    for (const end of this.ends.splice(0)) end()
    this.channel.close()
  }

  /** What this tab shows, and whether its window is in front. */
  look(hasFocus: boolean, room: RoomID | undefined) {
    this.own = { hasFocus, room, at: this.platform.clock.now() }
    this.channel.post({ kind: "look", tab: this.name, hasFocus, room })
  }

  /** Waits for its turn to be the one that shows, and is it until it stops. */
  private async lead(): Promise<void> {
    await this.platform.locks.run(`martlet:notifications:${this.host.userId}`, async () => {
      if (this.isStopped) return
      this.isLeader = true
      await new Promise<void>((resolve) => {
        this.release = resolve
      })
      this.isLeader = false
    })
  }

  private heard(message: unknown) {
    const content = asObject(message)
    const tab = asString(content?.tab)
    switch (asString(content?.kind)) {
      case "who":
        this.channel.post({ kind: "look", tab: this.name, hasFocus: this.own.hasFocus, room: this.own.room })
        break
      case "look":
        if (tab !== undefined) this.tabs.set(tab, { hasFocus: asBoolean(content?.hasFocus) ?? false, room: asString(content?.room), at: this.platform.clock.now() })
        break
      case "gone":
        if (tab !== undefined) this.tabs.delete(tab)
        break
      case "notification":
        // From another tab of this origin, which runs this same code.
        if (this.isLeader) this.handle((message as { notification: IncomingNotification }).notification)
        break
      default:
        break
    }
  }

  private handle(notification: IncomingNotification) {
    const id = notification.event.id ?? notification.event.key
    if (this.told.has(id)) return
    this.told.add(id)
    for (const oldest of this.told) {
      if (this.told.size <= memory) break
      this.told.delete(oldest)
    }
    const now = this.platform.clock.now()
    const time = new Date(now)
    const looking = [this.own, ...[...this.tabs.values()].filter((tab) => now - tab.at < tabLife)].filter((tab) => tab.hasFocus)
    const decision = decide(notification, this.host.wishes(), {
      me: this.host.userId, weekday: time.getDay(), minute: time.getHours() * 60 + time.getMinutes(), hasFocus: looking.length > 0,
      seenRooms: new Set(looking.flatMap((tab) => (tab.room === undefined ? [] : [tab.room]))),
      isRoomMuted: this.host.isRoomMuted(notification.room), isServerMuted: this.host.isServerMuted(notification.room),
    })
    const isHeard = decision.sound !== undefined && now - this.lastSound >= soundPause
    if (isHeard) this.lastSound = now
    if (decision.desktop || isHeard) this.host.present(notification, { desktop: decision.desktop, sound: isHeard ? decision.sound : undefined })
  }
}
