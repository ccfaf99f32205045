import { type Observable, Value } from "../../base/observable"
import { asNumber, asString, asStrings, type JSONObject, member } from "../../base/read"
import type { Verification } from "../../contract/encryption"
import type { MatrixEvent, RoomID, UserID } from "../../contract/events"
import type { Channel, Clock } from "../../contract/platform"
import { deviceChannel, roomChannel, type SendToDevices } from "./channels"
import { CancelReason } from "./codes"
import type { VerificationAuthority } from "./VerificationAuthority"
import type { VerificationChannel } from "./VerificationChannel"
import { VerificationRun } from "./VerificationRun"
import { ownMethods, VerificationType } from "./VerificationType"

const MINUTE = 60_000
/** Requests older than this are not shown, and a verification takes no longer. */
const LIFETIME = 10 * MINUTE
const PROMPT = 2 * MINUTE
const FUTURE = 5 * MINUTE
/** Verifications that ended stay in the list, so that what shows them can say how they ended. */
const AFTERGLOW = 30_000
const REMEMBERED = 500

/** What verifications need of the rest. */
export interface VerificationSurroundings {
  readonly userId: UserID
  readonly deviceId: string
  readonly clock: Clock
  readonly authority: VerificationAuthority
  /** To the other tabs of this account: any of them may be the one that shows a verification. */
  readonly tabs: Channel
  random(length: number): Uint8Array
  sendToDevices: SendToDevices
  sendToRoom(room: RoomID, type: string, content: JSONObject): Promise<string>
  directRoom(userId: UserID): Promise<RoomID>
  /** Devices of the own account that can be asked, without this one. */
  otherDevices(): Promise<readonly string[]>
  log(message: string, error: unknown): void
}

/** A message of a verification, whichever way it came. */
interface Incoming {
  readonly sender: UserID
  readonly type: string
  readonly content: JSONObject
  readonly id: string
  /** Where it came through a room. */
  readonly room: RoomID | undefined
  readonly eventId: string | undefined
  readonly timestamp: number
}

/** All verifications that are going on; brings messages to the one they belong to. */
export class VerificationDesk {
  private readonly list = new Value<readonly Verification[]>([])
  private readonly runs = new Map<string, VerificationRun>()
  /** The rooms that verifications go through. */
  private readonly rooms = new Map<string, RoomID>()
  private readonly seenEvents = new Set<string>()
  /** Verifications that another tab conducts, or that are over: late messages of these are not answered. */
  private readonly elsewhere = new Set<string>()
  private readonly stopping = new AbortController()
  private readonly endTabs: () => void

  constructor(private readonly around: VerificationSurroundings) {
    this.endTabs = around.tabs.subscribe((message) => this.hearTab(message))
  }

  get verifications(): Observable<readonly Verification[]> {
    return this.list
  }

  stop() {
    this.stopping.abort(new Error("stopped"))
    this.endTabs()
    this.around.tabs.close()
  }

  /** Asks one device of the own account, or all of them. */
  async verifyOwnDevice(deviceId?: string): Promise<Verification> {
    const { userId, deviceId: own, clock } = this.around
    const devices = deviceId === undefined ? await this.around.otherDevices() : [deviceId]
    const id = [...this.around.random(16)].map((byte) => byte.toString(16).padStart(2, "0")).join("")
    const channel = deviceChannel(this.around.sendToDevices, userId, id)
    const run = this.add(channel, userId, true, devices)
    await channel.send(VerificationType.request, { from_device: own, methods: [...ownMethods], timestamp: clock.now() }, devices)
    return run
  }

  /** Asks a person, in the direct room with them. */
  async verifyUser(userId: UserID): Promise<Verification> {
    const room = await this.around.directRoom(userId)
    const id = await this.around.sendToRoom(room, "m.room.message", {
      msgtype: VerificationType.request,
      body: `${this.around.userId} would like to verify keys with you. Your client does not show this kind of request.`,
      from_device: this.around.deviceId,
      to: userId,
      methods: [...ownMethods],
    })
    remember(this.seenEvents, id)
    this.rooms.set(id, room)
    return this.add(roomChannel((...message) => this.around.sendToRoom(...message), room, id), userId, true, [])
  }

  /** The verification in a room, still going on here, that an event belongs to. */
  roomRunOf(event: MatrixEvent): string | undefined {
    const id = asString(member(event.content, "m.relates_to", "event_id"))
    return id !== undefined && this.rooms.has(id) && this.runs.get(id)?.isOver === false ? id : undefined
  }

  /** Verifications that are going on in a room. */
  roomRuns(room: RoomID): readonly string[] {
    return [...this.rooms].filter(([id, one]) => one === room && this.runs.get(id)?.isOver === false).map(([id]) => id)
  }

  /** A to-device message of a verification. */
  async receiveToDevice(sender: UserID, type: string, content: JSONObject): Promise<void> {
    const id = asString(content["transaction_id"])
    if (id === undefined) return
    const timestamp = type === VerificationType.request ? asNumber(content["timestamp"]) ?? 0 : this.around.clock.now()
    await this.relay({ sender, type, content, id, room: undefined, eventId: undefined, timestamp })
  }

  /** An event of a room, decrypted where it was encrypted; what is no verification is ignored. */
  async receiveRoomEvent(room: RoomID, event: MatrixEvent): Promise<void> {
    const isRequest = event.type === "m.room.message" && event.content["msgtype"] === VerificationType.request
    if (!isRequest && !event.type.startsWith("m.key.verification.")) return
    if (this.around.clock.now() - event.origin_server_ts > LIFETIME || this.seenEvents.has(event.event_id)) return
    const id = isRequest ? event.event_id : asString(member(event.content, "m.relates_to", "event_id"))
    if (id === undefined) return
    const type = isRequest ? VerificationType.request : event.type
    await this.relay({ sender: event.sender, type, content: event.content, id, room, eventId: event.event_id, timestamp: event.origin_server_ts })
  }

  private async relay(incoming: Incoming) {
    this.around.tabs.post({ kind: "incoming", incoming })
    await this.receive(incoming, true)
  }

  private async receive(incoming: Incoming, isFirst: boolean): Promise<void> {
    const { sender, type, content, id, room, eventId } = incoming
    // Events of rooms come as often as tabs decrypt them.
    if (eventId !== undefined && this.seenEvents.has(eventId)) return
    if (eventId !== undefined) remember(this.seenEvents, eventId)
    const run = this.runs.get(id)
    if (room !== undefined && sender === this.around.userId) {
      // Own events come back; another own device may have taken the request, or declined it.
      const isAnswer = type === VerificationType.cancel || (type === VerificationType.ready && content["from_device"] !== this.around.deviceId)
      if (run !== undefined && isAnswer && run.isRequested && !run.startedByMe) run.dismiss()
      return
    }
    if (type === VerificationType.request) return this.receiveRequest(incoming)
    if (run === undefined) {
      if (type === VerificationType.start && room === undefined) return this.receiveEarlyStart(incoming)
      const isUnknown = room === undefined && type !== VerificationType.cancel && type !== VerificationType.done && type !== VerificationType.start
      if (isFirst && isUnknown && !this.elsewhere.has(id)) await this.refuse(incoming)
      return
    }
    if (run.otherUser !== sender) return
    await run.receive(type, content)
  }

  private receiveRequest(incoming: Incoming) {
    const { sender, content, id, room, timestamp } = incoming
    const device = asString(content["from_device"])
    const age = this.around.clock.now() - timestamp
    if (device === undefined || this.runs.has(id) || this.elsewhere.has(id) || age > LIFETIME || age < -FUTURE) return
    if (sender === this.around.userId && device === this.around.deviceId) return
    if (room !== undefined && content["to"] !== this.around.userId) return
    if (room !== undefined) this.rooms.set(id, room)
    this.add(this.channelOf(incoming), sender, false, [device], asStrings(content["methods"]), LIFETIME - age)
  }

  private async receiveEarlyStart(incoming: Incoming) {
    const { sender, content, type } = incoming
    const device = asString(content["from_device"])
    if (device === undefined || this.elsewhere.has(incoming.id)) return
    const method = asString(content["method"])
    const run = this.add(this.channelOf(incoming), sender, false, [device], method === undefined ? [] : [method])
    await run.receive(type, content)
  }

  private channelOf({ sender, id, room }: Incoming): VerificationChannel {
    if (room === undefined) return deviceChannel(this.around.sendToDevices, sender, id)
    return roomChannel((...message) => this.around.sendToRoom(...message), room, id)
  }

  private add(
    channel: VerificationChannel, otherUser: UserID, startedByMe: boolean, devices: readonly string[], methods?: readonly string[], promptLife = LIFETIME,
  ): VerificationRun {
    const { around } = this
    const run: VerificationRun = new VerificationRun({
      channel, otherUser, startedByMe, devices, methods,
      authority: around.authority, ownUser: around.userId, ownDevice: around.deviceId,
      random: (length) => around.random(length),
      onTaken: () => this.around.tabs.post({ kind: "taken", id: channel.id }),
      onEnd: () => void this.forget(run),
    })
    // One attempt at a time with a device: a new request replaces what was left open.
    if (!startedByMe) {
      for (const other of this.runs.values()) {
        const isSame = other.otherUser === otherUser && other.otherDevice === run.otherDevice && !other.startedByMe && other.isRequested
        if (isSame) void other.cancel().catch((error) => around.log("an older verification could not be cancelled", error))
      }
    } else {
      around.tabs.post({ kind: "taken", id: channel.id })
    }
    this.runs.set(channel.id, run)
    this.publish()
    void this.limit(run, startedByMe ? LIFETIME : Math.min(PROMPT, promptLife))
    return run
  }

  /** Ends a request that nobody took, and what took too long. */
  private async limit(run: VerificationRun, prompt: number) {
    try {
      await this.around.clock.sleep(prompt, this.stopping.signal)
      if (run.isRequested) return run.startedByMe ? await run.expire() : run.dismiss("m.timeout")
      await this.around.clock.sleep(LIFETIME - prompt, this.stopping.signal)
      if (!run.isOver) await run.expire()
    } catch (error) {
      if (!this.stopping.signal.aborted) this.around.log("a verification that timed out could not be cancelled", error)
    }
  }

  private async forget(run: VerificationRun) {
    const state = run.state.get()
    // What goes on elsewhere needs no word here.
    if (state.kind === "cancelled" && state.code === "m.accepted") {
      this.drop(run)
      return
    }
    this.publish()
    try {
      await this.around.clock.sleep(AFTERGLOW, this.stopping.signal)
      this.drop(run)
    } catch {
      // Stopped: nobody looks any more.
    }
  }

  private drop(run: VerificationRun) {
    this.runs.delete(run.id)
    this.rooms.delete(run.id)
    remember(this.elsewhere, run.id)
    this.publish()
  }

  private publish() {
    this.list.set([...this.runs.values()])
  }

  private async refuse({ sender, id, content }: Incoming) {
    const device = asString(content["from_device"])
    if (device === undefined) return
    await this.around.sendToDevices(sender, [device], VerificationType.cancel, {
      transaction_id: id, code: "m.unknown_transaction", reason: CancelReason["m.unknown_transaction"],
    })
  }

  private hearTab(message: unknown) {
    const kind = member(message, "kind")
    if (kind === "taken") {
      const id = asString(member(message, "id"))
      if (id === undefined) return
      remember(this.elsewhere, id)
      this.runs.get(id)?.dismiss()
    } else if (kind === "incoming") {
      const { incoming } = message as { incoming: Incoming }
      this.receive(incoming, false).catch((error) => this.around.log("a verification message could not be handled", error))
    }
  }
}

/** Adds to a set that forgets the oldest. */
function remember(set: Set<string>, id: string) {
  set.add(id)
  for (const oldest of set) {
    if (set.size <= REMEMBERED) break
    set.delete(oldest)
  }
}
