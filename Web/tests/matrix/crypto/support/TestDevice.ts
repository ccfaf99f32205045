import type { JSONObject } from "../../../../source/matrix/base/read"
import { asObject } from "../../../../source/matrix/base/read"
import type { Decryption, EncryptionHost } from "../../../../source/matrix/contract/encryption"
import type { MatrixEvent } from "../../../../source/matrix/contract/events"
import type { API } from "../../../../source/matrix/contract/session"
import { createContext } from "../../../../source/matrix/crypto/machine/createContext"
import type { EncryptionContext } from "../../../../source/matrix/crypto/machine/EncryptionContext"
import { Machine } from "../../../../source/matrix/crypto/machine/Machine"
import { MachineCore } from "../../../../source/matrix/crypto/machine/MachineCore"
import { Ed25519Key } from "../../../../source/matrix/crypto/primitives/ed25519"
import { signJSON } from "../../../../source/matrix/crypto/primitives/signedJSON"
import { encryptionStores } from "../../../../source/matrix/crypto/stores"
import { MemoryBrowser } from "../../support/MemoryPlatform"
import type { KeyServer } from "./KeyServer"

/** A room as devices see it. */
export class TestRoom {
  members: string[]
  encryption: JSONObject = { algorithm: "m.megolm.v1.aes-sha2" }
  visibility = "shared"
  private count = 0

  constructor(readonly id: string, members: readonly string[]) {
    this.members = [...members]
  }

  /** An encrypted event as others receive it. */
  event(sender: string, content: JSONObject): MatrixEvent {
    this.count += 1
    return { event_id: `$${this.id}${this.count}`, type: "m.room.encrypted", sender, origin_server_ts: 1_000 + this.count, content, room_id: this.id }
  }
}

/** A device with its machine, without identities. */
export class TestDevice {
  readonly rooms = new Map<string, TestRoom>()
  isLost = false
  isOwnIdentityTrusted = true
  inviter: { userId: string; joinedAt: number } | undefined

  private constructor(
    readonly server: KeyServer, readonly userId: string, readonly deviceId: string, readonly browser: MemoryBrowser, readonly machine: Machine,
    readonly core: MachineCore, readonly context: EncryptionContext,
  ) {}

  static async open(
    server: KeyServer, userId: string, deviceId: string, options: { browser?: MemoryBrowser; rooms?: readonly TestRoom[]; onlySigned?: boolean } = {},
  ): Promise<TestDevice> {
    const browser = options.browser ?? new MemoryBrowser()
    const platform = browser.tab()
    const database = await platform.openDatabase(`martlet:${userId}:${deviceId}`, encryptionStores)
    const call = (method: string) => (path: string, body?: unknown) => server.call(userId, deviceId, method, path, asObject(body) ?? {})
    const api = { homeserver: "", get: call("GET"), post: call("POST"), put: call("PUT"), delete: call("DELETE"), interactive: () => Promise.reject(new Error("none")) } as API
    const opened: { device?: TestDevice } = {}
    const rooms = new Map((options.rooms ?? []).map((room) => [room.id, room]))
    const host: EncryptionHost = {
      roomRecipients: async (room) => rooms.get(room)?.members ?? [],
      roomEncryption: (room) => rooms.get(room)?.encryption,
      historyVisibility: (room) => rooms.get(room)?.visibility ?? "shared",
      accountData: () => undefined, setAccountData: async () => undefined, onAccountData: () => () => undefined,
      trackedUsers: () => new Set([...rooms.values()].flatMap((room) => room.members)),
      sendRoomEvent: async () => "", directRoom: async () => "",
    }
    const core = await MachineCore.open({ platform, database, api, host, userId, deviceId })
    const history = {
      upload: async (blob: Blob) => {
        server.files.set(`mxc://x/${server.files.size}`, blob)
        return `mxc://x/${server.files.size - 1}`
      },
      download: async (mxc: string) => server.files.get(mxc) ?? Promise.reject(new Error("gone")),
      inviter: () => opened.device?.inviter,
    }
    const trust = { isOwnIdentityTrusted: async () => opened.device?.isOwnIdentityTrusted ?? false, isChanged: async () => false }
    let isLost = false
    const machine = new Machine(core, { trust, history, onlySigned: options.onlySigned ?? true }, () => {
      isLost = true
      if (opened.device !== undefined) opened.device.isLost = true
    })
    await machine.open()
    const device = new TestDevice(server, userId, deviceId, browser, machine, core, createContext(core, machine))
    opened.device = device
    device.isLost = isLost
    for (const [id, room] of rooms) device.rooms.set(id, room)
    machine.start()
    await machine.flush()
    return device
  }

  /** Another tab of the same browser, or the same one after a reload. */
  again(): Promise<TestDevice> {
    return TestDevice.open(this.server, this.userId, this.deviceId, { browser: this.browser, rooms: [...this.rooms.values()] })
  }

  async sync(options: { acknowledge?: boolean; reorder?: boolean } = {}): Promise<void> {
    const { changes, acknowledge } = this.server.sync(this.userId, this.deviceId)
    await this.machine.receiveSync(options.reorder === true ? { ...changes, toDevice: [...changes.toDevice].reverse() } : changes)
    if (options.acknowledge !== false) acknowledge()
    await this.machine.flush()
  }

  /** Encrypts a message, ready for the others. */
  async say(room: TestRoom, body: string): Promise<MatrixEvent> {
    return room.event(this.userId, await this.machine.encrypt(room.id, "m.room.message", { msgtype: "m.text", body }))
  }

  decrypt(event: MatrixEvent): Promise<Decryption> {
    return this.machine.decrypt(event.room_id ?? "", event)
  }

  /** What a message says, or why it cannot be read. */
  async read(event: MatrixEvent): Promise<string> {
    const { event: clear, encryption } = await this.decrypt(event)
    if (clear !== undefined) return String(clear.content["body"])
    return encryption.kind === "undecryptable" ? `${encryption.reason}: ${encryption.detail}` : ""
  }

  /** Makes cross-signing keys for a user, and signs the given devices with them. */
  static async crossSign(server: KeyServer, userId: string, deviceIds: readonly string[]): Promise<void> {
    const master = await Ed25519Key.generate()
    const selfSigning = await Ed25519Key.generate()
    const object = (usage: string, key: Ed25519Key): JSONObject => ({ user_id: userId, usage: [usage], keys: { [`ed25519:${key.text}`]: key.text } })
    const identity = {
      master: await signJSON(object("master", master), userId, `ed25519:${master.text}`, master),
      selfSigning: await signJSON(object("self_signing", selfSigning), userId, `ed25519:${master.text}`, master),
    }
    server.crossSigning.set(userId, identity)
    for (const deviceId of deviceIds) {
      const device = server.device(userId, deviceId)
      if (device.keys !== undefined) device.keys = await signJSON(device.keys, userId, `ed25519:${selfSigning.text}`, selfSigning)
    }
    server.changed(userId)
  }
}
