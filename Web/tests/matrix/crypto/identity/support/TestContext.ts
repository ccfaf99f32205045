import type { JSONObject } from "../../../../../source/matrix/base/read"
import type { EncryptionHost } from "../../../../../source/matrix/contract/encryption"
import type { Channel, Platform } from "../../../../../source/matrix/contract/platform"
import type { API } from "../../../../../source/matrix/contract/session"
import { Identity } from "../../../../../source/matrix/crypto/identity/Identity"
import type {
  CrossSigningKeys, EncryptionContext, ExportedSession, KnownDevice, RoomVerificationEvent, ToDeviceEvent,
} from "../../../../../source/matrix/crypto/machine/EncryptionContext"
import { publicKeyOf } from "../../../../../source/matrix/crypto/identity/crossSigning"
import { Ed25519Key } from "../../../../../source/matrix/crypto/primitives/ed25519"
import { signJSON, verifyJSON } from "../../../../../source/matrix/crypto/primitives/signedJSON"
import { encryptionStores } from "../../../../../source/matrix/crypto/stores"
import { MatrixError } from "../../../../../source/matrix/contract/session"
import { MemoryDatabase } from "./MemoryDatabase"
import type { MemoryServer } from "./MemoryServer"

const silent: Channel = { post: () => undefined, subscribe: () => () => undefined, close: () => undefined }

/** A device without a machine: its keys, its sessions in memory, and a server that all devices share. */
export class TestContext implements EncryptionContext {
  readonly database = new MemoryDatabase(encryptionStores)
  readonly errors: string[] = []
  readonly sessions = new Map<string, ExportedSession>()
  readonly backedUp = new Set<string>()
  readonly platform: Platform
  readonly api: API
  readonly host: EncryptionHost
  private readonly secrets = new Map<string, Uint8Array>()
  private readonly toDevice = new Map<string, Set<(event: ToDeviceEvent) => void | Promise<void>>>()
  private readonly roomListeners = new Set<(room: string, event: RoomVerificationEvent) => void>()
  private readonly deviceListeners = new Set<(userIds: readonly string[]) => void>()
  private readonly dataListeners = new Map<string, Set<() => void>>()
  private readonly backupListeners = new Set<() => void>()
  private readonly missingListeners = new Set<(room: string, sessionId: string) => void>()

  private constructor(
    readonly server: MemoryServer, readonly userId: string, readonly deviceId: string, private readonly key: Ed25519Key, private readonly password: string | undefined,
  ) {
    this.platform = {
      fetch: () => Promise.reject(new Error("no network")), openDatabase: () => Promise.resolve(this.database), deleteDatabase: () => Promise.resolve(), crypto,
      clock: {
        now: () => Date.now(),
        // Pauses are short in tests, and what takes minutes never comes.
        sleep: (milliseconds, signal) => new Promise((resolve, reject) => {
          const timer = milliseconds >= 10_000 ? undefined : setTimeout(resolve, Math.min(milliseconds, 5))
          signal?.addEventListener("abort", () => { clearTimeout(timer); reject(signal.reason) })
        }),
      },
      locks: { run: (_name, work) => work() },
      openChannel: () => silent,
      network: { isOnline: () => true, subscribe: () => () => undefined },
      settings: { get: () => undefined, set: () => undefined, subscribe: () => () => undefined },
      log: (level, message, facts) => { if (level === "warning" || level === "error") this.errors.push(`${message} ${JSON.stringify(facts)}`) },
    }
    const call = async (method: string, path: string, body: unknown, query?: object) => {
      await Promise.resolve()
      const answer = structuredClone(server.call(userId, method, path, (body ?? {}) as JSONObject, { ...query }))
      return answer
    }
    this.api = {
      homeserver: "", get: (path, query) => call("GET", path, {}, query), post: (path, body, query) => call("POST", path, body, query),
      put: (path, body, query) => call("PUT", path, body, query), delete: (path) => call("DELETE", path, {}),
      interactive: async (method, path, body, authenticate) => {
        try {
          return await call(method, path, body)
        } catch (error) {
          if (!(error instanceof MatrixError) || error.status !== 401) throw error
          const auth = await authenticate({ session: "s", flows: [["m.login.password"]], completed: [], params: {}, error: undefined })
          if (auth === undefined) throw new MatrixError("M_CANCELLED", "given up", 0)
          return call(method, path, { ...body, auth })
        }
      },
    }
    this.host = {
      roomRecipients: async () => [], roomEncryption: () => undefined, historyVisibility: () => "shared",
      accountData: (type) => server.account(userId).data.get(type),
      setAccountData: async (type, content) => {
        server.account(userId).data.set(type, structuredClone(content))
        for (const context of server.contexts) if (context.userId === userId) context.dataListeners.get(type)?.forEach((listener) => listener())
      },
      onAccountData: (type, listener) => {
        const listeners = this.dataListeners.get(type) ?? new Set()
        this.dataListeners.set(type, listeners.add(listener))
        return () => listeners.delete(listener)
      },
      trackedUsers: () => new Set(),
      sendRoomEvent: async (room, type, content) => {
        const event = { id: `$${Math.random()}`, type, sender: userId, timestamp: Date.now(), content: structuredClone(content) }
        server.events.push({ event_id: event.id, type, sender: userId, origin_server_ts: event.timestamp, content: event.content })
        const isLeftOut = server.hasGaps && server.events.length % 2 === 0
        if (!isLeftOut) for (const context of server.contexts) context.roomListeners.forEach((listener) => listener(room, event))
        return event.id
      },
      directRoom: async () => "!direct",
    }
  }

  static async make(server: MemoryServer, userId: string, deviceId: string, password?: string): Promise<TestContext> {
    const context = new TestContext(server, userId, deviceId, await Ed25519Key.generate(), password)
    const keys: JSONObject = {
      user_id: userId, device_id: deviceId, algorithms: ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"],
      keys: { [`ed25519:${deviceId}`]: context.key.text, [`curve25519:${deviceId}`]: context.key.text },
    }
    server.account(userId).devices.set(deviceId, await context.sign(keys))
    server.contexts.push(context)
    server.changed([userId])
    return context
  }

  /** A device with its identity, started. */
  static async identity(server: MemoryServer, userId: string, deviceId: string, password?: string): Promise<{ context: TestContext; identity: Identity }> {
    const context = await TestContext.make(server, userId, deviceId, password)
    const identity = new Identity(context, async (_room, event) => ({ event }))
    identity.start()
    return { context, identity }
  }

  readonly authenticate = async () => (this.password === undefined ? undefined : { type: "m.login.password", password: this.password })

  get ownKeys() {
    return { ed25519: this.key.text, curve25519: this.key.text }
  }

  sign(object: JSONObject) {
    return signJSON(object, this.userId, `ed25519:${this.deviceId}`, this.key)
  }

  lock<R>(work: () => Promise<R>) { return work() }
  async storeSecret(name: string, secret: Uint8Array) { this.secrets.set(name, secret.slice()) }
  async readSecret(name: string) { return this.secrets.get(name) }
  async deleteSecret(name: string) { this.secrets.delete(name) }

  async devicesOf(userId: string): Promise<readonly KnownDevice[]> {
    const { devices, keys } = this.server.account(userId)
    const selfSigning = publicKeyOf(keys.self_signing_key)
    return Promise.all([...devices].map(async ([deviceId, object]) => ({
      userId, deviceId, displayName: undefined, algorithms: [], isBlocked: false, keys: structuredClone(object),
      ed25519: String((object["keys"] as JSONObject)[`ed25519:${deviceId}`]), curve25519: String((object["keys"] as JSONObject)[`curve25519:${deviceId}`]),
      isSigned: selfSigning !== undefined && (await verifyJSON(object, userId, `ed25519:${selfSigning}`, selfSigning)),
    })))
  }

  storedDevices(userId: string) { return this.devicesOf(userId) }

  async crossSigningKeysOf(userId: string): Promise<CrossSigningKeys | undefined> {
    const { master_key: master, self_signing_key: selfSigning, user_signing_key: userSigning } = this.server.account(userId).keys
    return master === undefined ? undefined : { master, selfSigning, userSigning: userId === this.userId ? userSigning : undefined }
  }

  async refreshDevices(userIds: readonly string[]) { this.server.changed(userIds) }
  async setBlocked() { /* nobody is blocked */ }
  onDevicesChanged(listener: (userIds: readonly string[]) => void) { return subscribe(this.deviceListeners, listener) }
  devicesChanged(userIds: readonly string[]) { this.deviceListeners.forEach((listener) => listener(userIds)) }

  async sendToDevice(type: string, messages: { readonly [userId: string]: { readonly [deviceId: string]: JSONObject } }) {
    for (const [user, devices] of Object.entries(messages)) {
      for (const [device, content] of Object.entries(devices)) this.deliver(user, device, type, content, false)
    }
  }

  async sendEncryptedToDevice(devices: readonly KnownDevice[], type: string, content: JSONObject) {
    for (const device of devices) this.deliver(device.userId, device.deviceId, type, content, true)
    return []
  }

  onToDevice(type: string, listener: (event: ToDeviceEvent) => void | Promise<void>) {
    const listeners = this.toDevice.get(type) ?? new Set()
    this.toDevice.set(type, listeners)
    return subscribe(listeners, listener)
  }

  onRoomVerification(listener: (room: string, event: RoomVerificationEvent) => void) { return subscribe(this.roomListeners, listener) }

  async putInboundSessions(sessions: readonly ExportedSession[], _source: unknown, options?: { isBackedUp?: boolean }) {
    for (const session of sessions) {
      this.sessions.set(session.sessionId, session)
      if (options?.isBackedUp === true) this.backedUp.add(session.sessionId)
    }
    if (options?.isBackedUp !== true) this.backupListeners.forEach((listener) => listener())
    return sessions.length
  }

  async exportedSession(_room: string, sessionId: string) { return this.sessions.get(sessionId) }
  async exportSessions(visit: (sessions: readonly ExportedSession[]) => Promise<void>) { await visit([...this.sessions.values()]) }
  async sessionsToBackUp(limit: number) { return this.waiting().slice(0, limit) }
  async countSessionsToBackUp() { return this.waiting().length }
  async markBackedUp(sessions: readonly ExportedSession[]) { for (const session of sessions) this.backedUp.add(session.sessionId) }
  async markAllForBackup() { this.backedUp.clear() }
  onSessionsToBackUp(listener: () => void) { return subscribe(this.backupListeners, listener) }
  onMissingSession(listener: (room: string, sessionId: string) => void) { return subscribe(this.missingListeners, listener) }
  miss(room: string, sessionId: string) { this.missingListeners.forEach((listener) => listener(room, sessionId)) }

  private waiting() {
    return [...this.sessions.values()].filter((session) => !this.backedUp.has(session.sessionId))
  }

  private deliver(userId: string, deviceId: string, type: string, content: JSONObject, wasEncrypted: boolean) {
    for (const context of this.server.contexts) {
      if (context.userId !== userId || (deviceId !== "*" && context.deviceId !== deviceId)) continue
      void context.receive(this, { type, sender: this.userId, content: structuredClone(content), wasEncrypted, senderDevice: undefined })
    }
  }

  private async receive(from: TestContext, event: ToDeviceEvent) {
    const senderDevice = event.wasEncrypted ? (await this.devicesOf(from.userId)).find((device) => device.deviceId === from.deviceId) : undefined
    for (const listener of this.toDevice.get(event.type) ?? []) await listener({ ...event, senderDevice })
  }
}

function subscribe<L>(listeners: Set<L>, listener: L): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
