import { KeyedObservable } from "../../base/KeyedObservable"
import type { Observable } from "../../base/observable"
import { asArray, asNumber, asString, member } from "../../base/read"
import type { DeviceInfo } from "../../contract/encryption"
import type { UserID } from "../../contract/events"
import type { EncryptionContext, KnownDevice } from "../machine/EncryptionContext"
import { isDehydrated } from "./crossSigning"

const NONE: readonly DeviceInfo[] = []
/** Where the account list tells when a device was last seen, it is asked no more often than this. */
const ASK_AGAIN = 30_000

interface Session { readonly displayName: string | undefined; readonly lastSeen: number | undefined; readonly lastAddress: string | undefined }

/** Devices of people, as they are shown; own ones with what the server tells of their use. */
export class Devices {
  private readonly known = new Map<UserID, readonly DeviceInfo[]>()
  private readonly loading = new Set<UserID>()
  private sessions = new Map<string, Session>()
  private asked = 0
  private readonly observables: KeyedObservable<UserID, readonly DeviceInfo[]>

  constructor(private readonly context: EncryptionContext) {
    this.observables = new KeyedObservable((userId) => this.look(userId), (userId) => this.watched(userId))
  }

  of(userId: UserID): Observable<readonly DeviceInfo[]> {
    return this.observables.of(userId)
  }

  async changed(userIds: readonly UserID[]): Promise<void> {
    for (const userId of userIds) if (this.known.has(userId)) await this.update(userId, false)
  }

  private look(userId: UserID): readonly DeviceInfo[] {
    const known = this.known.get(userId)
    if (known === undefined) this.load(userId)
    return known ?? NONE
  }

  private watched(userId: UserID) {
    const isStale = userId === this.context.userId && this.context.platform.clock.now() - this.asked > ASK_AGAIN
    if (isStale || !this.known.has(userId)) this.load(userId)
  }

  private load(userId: UserID) {
    if (this.loading.has(userId)) return
    this.loading.add(userId)
    this.update(userId, true)
      .catch((error) => this.context.platform.log("warning", "devices could not be loaded", { userId, error: String(error) }))
      .finally(() => this.loading.delete(userId))
  }

  private async update(userId: UserID, asks: boolean) {
    const isOwn = userId === this.context.userId
    if (isOwn && this.context.platform.clock.now() - this.asked > ASK_AGAIN) await this.askSessions()
    const devices = asks ? await this.context.devicesOf(userId) : await this.context.storedDevices(userId)
    const infos = devices.filter((device) => !isDehydrated(device.keys)).map((device) => this.infoOf(device, isOwn))
    this.known.set(userId, isOwn ? [...infos, ...this.withoutKeys(new Set(devices.map((device) => device.deviceId)))] : infos)
    this.observables.changed(userId)
  }

  private infoOf(device: KnownDevice, isOwnUser: boolean): DeviceInfo {
    const session = isOwnUser ? this.sessions.get(device.deviceId) : undefined
    return {
      userId: device.userId,
      deviceId: device.deviceId,
      displayName: session?.displayName ?? device.displayName,
      fingerprint: device.ed25519,
      isSigned: device.isSigned,
      isOwn: isOwnUser && device.deviceId === this.context.deviceId,
      ...(session?.lastSeen !== undefined && { lastSeen: session.lastSeen }),
      ...(session?.lastAddress !== undefined && { lastAddress: session.lastAddress }),
    }
  }

  /** Sessions that do not encrypt belong to the account all the same. */
  private withoutKeys(withKeys: ReadonlySet<string>): DeviceInfo[] {
    return [...this.sessions].filter(([deviceId]) => !withKeys.has(deviceId)).map(([deviceId, session]) => ({
      userId: this.context.userId, deviceId, displayName: session.displayName, fingerprint: "", isSigned: false,
      isOwn: deviceId === this.context.deviceId,
      ...(session.lastSeen !== undefined && { lastSeen: session.lastSeen }),
      ...(session.lastAddress !== undefined && { lastAddress: session.lastAddress }),
    }))
  }

  private async askSessions() {
    this.asked = this.context.platform.clock.now()
    try {
      const answer = await this.context.api.get("/_matrix/client/v3/devices")
      const sessions = new Map<string, Session>()
      for (const device of asArray(answer["devices"])) {
        const id = asString(member(device, "device_id"))
        if (id === undefined) continue
        sessions.set(id, {
          displayName: asString(member(device, "display_name")), lastSeen: asNumber(member(device, "last_seen_ts")), lastAddress: asString(member(device, "last_seen_ip")),
        })
      }
      this.sessions = sessions
    } catch (error) {
      // The keys are what matters; when a device was last seen can wait.
      this.asked = 0
      this.context.platform.log("info", "the list of sessions could not be had", { error: String(error) })
    }
  }
}
