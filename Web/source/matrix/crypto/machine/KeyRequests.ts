import { asString, member } from "../../base/read"
import type { JSONObject } from "../../base/read"
import type { RoomID } from "../../contract/events"
import { ALGORITHMS } from "./AccountStore"
import type { DeviceLists } from "./DeviceLists"
import type { ToDeviceEvent } from "./EncryptionContext"
import type { InboundStore } from "./InboundStore"
import type { MachineCore } from "./MachineCore"
import type { OlmSender } from "./OlmSender"
import { outboxStore } from "./Outbox"
import type { ToDeviceOutbox } from "./Outbox"
import type { KeyRequestRecord } from "./records"

const STORE = "keyRequests"
/** Keys often come a little after the message, and the backup may have them: only then other devices are asked. */
const PATIENCE = 5_000
const ASK_AGAIN = 24 * 3_600_000
const MOST_AT_ONCE = 100

/** Asks the own other devices for sessions that are missing here, and answers when they ask. */
export class KeyRequests {
  private readonly missing = new Map<string, { room: RoomID; sessionId: string }>()
  private timer: Promise<void> | undefined

  constructor(
    private readonly core: MachineCore, private readonly devices: DeviceLists, private readonly sessions: InboundStore,
    private readonly sender: OlmSender, private readonly outbox: ToDeviceOutbox,
    /** Whether this device knows for sure which devices are the account's own. */
    private readonly trust: { isOwnIdentityTrusted(): Promise<boolean> }, private readonly wake: () => void,
  ) {
    core.onSessionsChanged((sessions) => {
      for (const one of sessions) this.missing.delete(`${one.room}|${one.sessionId}`)
    })
  }

  /** A session is wanted. */
  want(room: RoomID, sessionId: string) {
    if (this.missing.size >= MOST_AT_ONCE) return
    this.missing.set(`${room}|${sessionId}`, { room, sessionId })
    this.timer ??= this.core.platform.clock.sleep(PATIENCE, this.core.stopSignal)
      .then(() => this.ask())
      .catch((error) => this.core.log("info", "missing keys were not asked for", { error: String(error) }))
      .finally(() => (this.timer = undefined))
  }

  /** Ends requests whose sessions came; within `requests`. */
  async cancelAnswered(): Promise<void> {
    const requests = await this.core.read([STORE], (transaction) => transaction.list<KeyRequestRecord>(STORE))
    for (const request of requests) {
      if ((await this.sessions.exported(request.room, request.sessionId)) === undefined) continue
      await this.core.write([STORE, outboxStore], async (transaction) => {
        transaction.delete(STORE, [request.room, request.sessionId])
        const cancellation = { action: "request_cancellation", request_id: request.requestId, requesting_device_id: this.core.deviceId }
        this.outbox.put(transaction, "m.room_key_request", { [this.core.userId]: { "*": cancellation } })
      })
    }
  }

  /** Answers another own device, if it is signed. */
  async answer(event: ToDeviceEvent): Promise<void> {
    const { content, sender } = event
    const room = asString(member(content, "body", "room_id"))
    const sessionId = asString(member(content, "body", "session_id"))
    const deviceId = asString(content["requesting_device_id"])
    if (content["action"] !== "request" || sender !== this.core.userId || deviceId === this.core.deviceId) return
    if (room === undefined || sessionId === undefined || member(content, "body", "algorithm") !== ALGORITHMS.megolm) return
    if (!(await this.trust.isOwnIdentityTrusted())) return
    const device = (await this.devices.stored(sender)).find((one) => one.deviceId === deviceId)
    const session = await this.sessions.exported(room, sessionId)
    if (device === undefined || !device.isSigned || device.isBlocked || session === undefined) return
    const answer: JSONObject = {
      algorithm: ALGORITHMS.megolm, room_id: room, session_id: sessionId, session_key: session.sessionKey, sender_key: session.senderKey,
      sender_claimed_ed25519_key: session.claimedEd25519 ?? "", forwarding_curve25519_key_chain: [...session.forwardingChain],
      shared_history: session.sharedHistory,
    }
    await this.core.requests(async () => {
      await this.sender.ensureSessions([device])
      await this.sender.encrypt([device], "m.forwarded_room_key", () => answer)
      await this.outbox.send()
    })
  }

  private async ask() {
    const wanted = [...this.missing.values()]
    this.missing.clear()
    const own = await this.devices.stored(this.core.userId)
    const isAnswered = own.some((device) => device.deviceId !== this.core.deviceId && device.isSigned)
      && own.some((device) => device.deviceId === this.core.deviceId && device.isSigned)
    if (!isAnswered || !(await this.trust.isOwnIdentityTrusted())) return
    const now = this.core.now()
    for (const { room, sessionId } of wanted) {
      if ((await this.sessions.exported(room, sessionId)) !== undefined) continue
      const known = await this.sessions.request(room, sessionId)
      if (known !== undefined && now - known.time < ASK_AGAIN) continue
      const requestId = known?.requestId ?? this.core.newID()
      const request = {
        action: "request", request_id: requestId, requesting_device_id: this.core.deviceId,
        body: { algorithm: ALGORITHMS.megolm, room_id: room, session_id: sessionId, sender_key: "" },
      }
      await this.core.write([STORE, outboxStore], async (transaction) => {
        transaction.put<KeyRequestRecord>(STORE, { room, sessionId, requestId, time: now })
        this.outbox.put(transaction, "m.room_key_request", { [this.core.userId]: { "*": request } })
      })
    }
    this.wake()
  }
}
