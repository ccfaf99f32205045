import { asString } from "../../base/read"
import type { JSONObject } from "../../base/read"
import type { Decryption, EncryptionSync } from "../../contract/encryption"
import type { EventID, MatrixEvent, RoomID, UserID } from "../../contract/events"
import { MatrixError } from "../../contract/session"
import { AccountStore, KeysLost } from "./AccountStore"
import type { LoadedAccount } from "./AccountStore"
import { DeviceLists } from "./DeviceLists"
import type { KnownDevice, RoomVerificationEvent } from "./EncryptionContext"
import { EventDecryptor } from "./EventDecryptor"
import { HistorySharing } from "./HistorySharing"
import type { HistoryTransport } from "./HistorySharing"
import { ToDeviceInbox } from "./Inbox"
import { InboundStore } from "./InboundStore"
import { KeyRequests } from "./KeyRequests"
import { KeyUploader } from "./KeyUploader"
import { subscribe } from "./MachineCore"
import type { MachineCore } from "./MachineCore"
import { MessageIndexes } from "./MessageIndexes"
import { OlmSender } from "./OlmSender"
import { ToDeviceOutbox } from "./Outbox"
import type { DeviceMessages } from "./Outbox"
import { Receiver } from "./Receiver"
import { RoomEncryptor } from "./RoomEncryptor"
import { SealBroken } from "./Sealer"
import { SecretStore } from "./SecretStore"
import { Unwedger } from "./Unwedger"

const VERIFICATION_LIFETIME = 15 * 60_000
const MOST_REMEMBERED = 500

/** What the machine asks of identities. */
export interface TrustSource {
  isOwnIdentityTrusted(): Promise<boolean>
  /** Whether a person's identity changed, and nobody accepted that yet. */
  isChanged(userId: UserID): Promise<boolean>
}

/** The encryption of this device but for identities: keys, devices, sessions, messages. */
export class Machine {
  readonly account: AccountStore
  readonly devices: DeviceLists
  readonly sessions: InboundStore
  readonly secrets: SecretStore
  readonly history: HistorySharing
  private readonly outbox: ToDeviceOutbox
  private readonly inbox: ToDeviceInbox
  private readonly sender: OlmSender
  private readonly receiver: Receiver
  private readonly encryptor: RoomEncryptor
  private readonly decryptor: EventDecryptor
  private readonly indexes: MessageIndexes
  private readonly uploader: KeyUploader
  private readonly unwedger: Unwedger
  private readonly keyRequests: KeyRequests
  private readonly tracked = new Set<UserID>()
  private readonly asked = new Set<string>()
  private readonly verifications = new Set<EventID>()
  private readonly missingListeners = new Set<(room: RoomID, sessionId: string) => void>()
  private readonly verificationListeners = new Set<(room: RoomID, event: RoomVerificationEvent) => void>()
  private flushing: Promise<void> | undefined
  private isFlushWanted = false
  private isLost = false
  ownKeys = { ed25519: "", curve25519: "" }

  constructor(
    private readonly core: MachineCore, options: { trust: TrustSource; history: HistoryTransport; onlySigned: boolean }, private readonly keysLost: () => void,
  ) {
    this.account = new AccountStore(core)
    this.devices = new DeviceLists(core, (device) => this.checkOwnDevice(device))
    this.sessions = new InboundStore(core)
    this.secrets = new SecretStore(core)
    this.outbox = new ToDeviceOutbox(core)
    this.inbox = new ToDeviceInbox(core)
    this.indexes = new MessageIndexes(core)
    this.sender = new OlmSender(core, this.account, this.devices, this.outbox)
    this.receiver = new Receiver(core, this.account, this.devices, this.sessions, this.inbox)
    this.encryptor = new RoomEncryptor(core, this.account, this.devices, this.sessions, this.sender, this.outbox, options.onlySigned)
    this.decryptor = new EventDecryptor(core, this.sessions, this.indexes, this.devices, options.trust, (room, sessionId) => this.missing(room, sessionId))
    this.uploader = new KeyUploader(core, this.account)
    this.unwedger = new Unwedger(core, this.devices, this.sender)
    this.history = new HistorySharing(core, this.devices, this.sessions, this.sender, this.outbox, options.history)
    this.keyRequests = new KeyRequests(core, this.devices, this.sessions, this.sender, this.outbox, options.trust, () => this.wake())
    this.inbox.listen("m.room_key_request", (event) => this.keyRequests.answer(event))
    core.onSessionsChanged((sessions) => {
      for (const { room, sessionId } of sessions) this.asked.delete(`${room}|${sessionId}`)
    })
  }

  /** Opens the account, or makes it where this device is new; where the server knows it already, its keys were lost. */
  async open(): Promise<void> {
    let loaded: LoadedAccount | undefined
    try {
      loaded = await this.account.load()
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error
      this.core.log("error", "the keys of this device cannot be opened", { error: error.message })
      return this.lose()
    }
    if (loaded === undefined) {
      if (await this.isKnownToServer()) return this.lose()
      loaded = await this.core.lock(async () => (await this.account.load()) ?? this.account.create())
    }
    const { ed25519, curve25519 } = loaded.record
    this.ownKeys = { ed25519, curve25519 }
    this.sender.ownCurve25519 = curve25519
    this.decryptor.ownEd25519 = ed25519
  }

  /** Begins to deliver what is stored, once listeners are there. */
  start() {
    this.deliver()
    this.wake()
  }

  async receiveSync(sync: EncryptionSync): Promise<void> {
    if (this.isLost) return
    await this.receiver.receive(sync)
    for (const userId of sync.deviceListsLeft) this.tracked.delete(userId)
    this.deliver()
    this.wake()
  }

  async encrypt(room: RoomID, type: string, content: JSONObject): Promise<JSONObject> {
    if (this.isLost) throw new KeysLost()
    return this.encryptor.encrypt(room, type, content)
  }

  async decrypt(room: RoomID, event: MatrixEvent): Promise<Decryption> {
    const decryption = await this.decryptor.decrypt(room, event)
    if (decryption.event !== undefined) this.noteVerification(room, event, decryption.event)
    return decryption
  }

  /** Makes all requests that are due. */
  flush(): Promise<void> {
    if (this.isLost || this.core.isStopped) return Promise.resolve()
    if (this.flushing !== undefined) {
      this.isFlushWanted = true
      return this.flushing
    }
    this.flushing = this.flushAll().finally(() => (this.flushing = undefined))
    return this.flushing
  }

  roomChanged() {
    this.wake()
    this.takeHistory()
  }

  onToDevice = (type: string, listener: Parameters<ToDeviceInbox["listen"]>[1]) => this.inbox.listen(type, listener)

  onMissingSession(listener: (room: RoomID, sessionId: string) => void): () => void {
    return subscribe(this.missingListeners, listener)
  }

  onRoomVerification(listener: (room: RoomID, event: RoomVerificationEvent) => void): () => void {
    return subscribe(this.verificationListeners, listener)
  }

  /** Devices of a user, asked for where the list is out of date. */
  async devicesOf(userId: UserID): Promise<readonly KnownDevice[]> {
    await this.devices.track([userId])
    if ((await this.devices.outdated(new Set([userId]))).length > 0) await this.core.requests(() => this.devices.update([userId]))
    return this.devices.stored(userId)
  }

  async refreshDevices(userIds: readonly UserID[]): Promise<void> {
    await this.devices.invalidate(userIds)
    await this.core.requests(() => this.devices.update(userIds))
  }

  async sendToDevice(type: string, messages: DeviceMessages): Promise<void> {
    await this.core.write(["toDeviceOutbox"], async (transaction) => this.outbox.put(transaction, type, messages))
    await this.core.requests(() => this.outbox.send()).catch((error) => this.later(error))
  }

  async sendEncryptedToDevice(devices: readonly KnownDevice[], type: string, content: JSONObject): Promise<readonly KnownDevice[]> {
    if (this.isLost) throw new KeysLost()
    return this.core.requests(async () => {
      await this.sender.ensureSessions(devices)
      const missing = await this.sender.encrypt(devices, type, () => content)
      await this.outbox.send().catch((error) => this.later(error))
      return missing
    })
  }

  async stop(): Promise<void> {
    await this.indexes.write().catch((error) => this.core.log("warning", "indices of messages could not be stored", { error: String(error) }))
    this.core.stop()
    await this.flushing?.catch(() => undefined)
  }

  private async flushAll() {
    do {
      this.isFlushWanted = false
      await this.core.requests(() => this.makeRequests())
    } while (this.isFlushWanted && !this.core.isStopped && !this.isLost)
    this.takeHistory()
  }

  /** One that fails does not hold up the others. */
  private async makeRequests() {
    const problems: unknown[] = []
    const steps = [
      () => this.uploader.upload(), () => this.updateDevices(), () => this.unwedger.run(), () => this.keyRequests.cancelAnswered(), () => this.outbox.send(),
    ]
    for (const step of steps) await step().catch((error) => problems.push(error))
    if (problems.length > 0) throw problems[0]
  }

  private async updateDevices() {
    const users = [...this.core.host.trackedUsers(), this.core.userId].filter((userId) => !this.tracked.has(userId))
    await this.devices.track(users)
    for (const userId of users) this.tracked.add(userId)
    await this.devices.update()
  }

  /** Makes due requests in the background; what fails is tried again with the next sync. */
  private wake() {
    this.flush().catch((error) => this.later(error))
  }

  private later(error: unknown) {
    if (this.core.isStopped) return
    const isExpected = error instanceof MatrixError
    this.core.log(isExpected ? "info" : "error", "requests of encryption failed, and are tried again", { error: String(error) })
  }

  private deliver() {
    this.inbox.deliver().catch((error) => {
      if (!this.core.isStopped) this.core.log("error", "messages to this device could not be delivered", { error: String(error) })
    })
  }

  private takeHistory() {
    this.history.take().catch((error) => {
      if (!this.core.isStopped) this.core.log("warning", "shared history could not be taken", { error: String(error) })
    })
  }

  private missing(room: RoomID, sessionId: string) {
    const key = `${room}|${sessionId}`
    if (this.asked.has(key) || this.isLost) return
    this.asked.add(key)
    for (const listener of [...this.missingListeners]) listener(room, sessionId)
    this.keyRequests.want(room, sessionId)
  }

  private noteVerification(room: RoomID, event: MatrixEvent, clear: { readonly type: string; readonly content: JSONObject }) {
    const isRequest = clear.type === "m.room.message" && asString(clear.content["msgtype"]) === "m.key.verification.request"
    if (!isRequest && !clear.type.startsWith("m.key.verification.")) return
    if (this.core.now() - event.origin_server_ts > VERIFICATION_LIFETIME || this.verifications.has(event.event_id)) return
    if (this.verifications.size >= MOST_REMEMBERED) this.verifications.clear()
    this.verifications.add(event.event_id)
    const { event_id: id, sender, origin_server_ts: timestamp } = event
    for (const listener of [...this.verificationListeners]) listener(room, { id, sender, timestamp, ...clear })
  }

  private async isKnownToServer(): Promise<boolean> {
    const answer = await this.core.api.post("/_matrix/client/v3/keys/query", { device_keys: { [this.core.userId]: [this.core.deviceId] } })
    const devices = answer["device_keys"]
    return JSON.stringify(devices ?? {}).includes(`ed25519:${this.core.deviceId}`)
  }

  /** What the server shows of this device has to be what this device is. */
  private checkOwnDevice(device: KnownDevice | undefined) {
    if (device === undefined || device.ed25519 === this.ownKeys.ed25519) return
    this.core.log("error", "the server shows other keys under the ID of this device")
    this.lose()
  }

  private lose() {
    if (this.isLost) return
    this.isLost = true
    this.keysLost()
  }
}
