import { asObject, asStrings } from "../../../../source/matrix/base/read"
import type { JSONObject, JSONValue } from "../../../../source/matrix/base/read"
import { MatrixError } from "../../../../source/matrix/contract/session"
import type { EncryptionSync } from "../../../../source/matrix/contract/encryption"

interface ServedDevice {
  keys: JSONObject | undefined
  oneTimeKeys: [string, JSONValue][]
  fallback: { id: string; key: JSONValue; isUsed: boolean } | undefined
  toDevice: JSONObject[]
  changed: Set<string>
  transactions: Set<string>
}

/** What a homeserver does for encryption, in memory; messages can be kept back. */
export class KeyServer {
  readonly devices = new Map<string, ServedDevice>()
  readonly crossSigning = new Map<string, { master: JSONObject; selfSigning: JSONObject }>()
  readonly files = new Map<string, Blob>()
  readonly calls: string[] = []
  /** Fails the calls whose path holds this text. */
  broken: string | undefined
  /** Waited for before a call is answered. */
  pause: ((path: string) => Promise<void>) | undefined

  device(userId: string, deviceId: string): ServedDevice {
    const key = `${userId}/${deviceId}`
    let found = this.devices.get(key)
    if (found === undefined) {
      found = { keys: undefined, oneTimeKeys: [], fallback: undefined, toDevice: [], changed: new Set(), transactions: new Set() }
      this.devices.set(key, found)
    }
    return found
  }

  devicesOf(userId: string): [string, ServedDevice][] {
    return [...this.devices].filter(([key]) => key.startsWith(`${userId}/`)).map(([key, device]) => [key.slice(userId.length + 1), device])
  }

  remove(userId: string, deviceId: string) {
    this.devices.delete(`${userId}/${deviceId}`)
    this.changed(userId)
  }

  changed(userId: string) {
    for (const device of this.devices.values()) device.changed.add(userId)
  }

  /** What waits for a device; it stays until `acknowledge`. */
  sync(userId: string, deviceId: string): { changes: EncryptionSync; acknowledge(): void } {
    const device = this.device(userId, deviceId)
    const toDevice = [...device.toDevice]
    const changed = [...device.changed]
    return {
      changes: {
        toDevice, deviceListsChanged: changed, deviceListsLeft: [], oneTimeKeyCounts: { signed_curve25519: device.oneTimeKeys.length },
        unusedFallbackKeys: device.fallback?.isUsed === false ? ["signed_curve25519"] : [],
      },
      acknowledge: () => {
        device.toDevice.splice(0, toDevice.length)
        for (const userId of changed) device.changed.delete(userId)
      },
    }
  }

  async call(userId: string, deviceId: string, method: string, path: string, body: JSONObject): Promise<JSONObject> {
    this.calls.push(`${method} ${path}`)
    if (this.broken !== undefined && path.includes(this.broken)) throw new MatrixError("NETWORK", "no answer", 0)
    const answer = structuredClone(this.answer(userId, deviceId, path, structuredClone(body)))
    await this.pause?.(path)
    return answer
  }

  private answer(userId: string, deviceId: string, path: string, body: JSONObject): JSONObject {
    if (path.endsWith("/keys/upload")) return this.upload(userId, deviceId, body)
    if (path.endsWith("/keys/query")) return this.query(userId, body)
    if (path.endsWith("/keys/claim")) return this.claim(body)
    const send = /\/sendToDevice\/([^/]+)\/([^/]+)$/.exec(path)
    if (send !== null) return this.send(userId, deviceId, decodeURIComponent(send[1] ?? ""), send[2] ?? "", body)
    throw new MatrixError("M_UNRECOGNIZED", path, 404)
  }

  private upload(userId: string, deviceId: string, body: JSONObject): JSONObject {
    const device = this.device(userId, deviceId)
    const keys = asObject(body["device_keys"])
    if (keys !== undefined) {
      device.keys = keys
      this.changed(userId)
    }
    for (const [id, key] of Object.entries(asObject(body["one_time_keys"]) ?? {})) {
      const known = device.oneTimeKeys.find(([other]) => other === id)
      if (known !== undefined && JSON.stringify(known[1]) !== JSON.stringify(key)) throw new MatrixError("M_UNKNOWN", "the key exists", 400)
      if (known === undefined) device.oneTimeKeys.push([id, key])
    }
    for (const [id, key] of Object.entries(asObject(body["fallback_keys"]) ?? {})) device.fallback = { id, key, isUsed: false }
    return { one_time_key_counts: { signed_curve25519: device.oneTimeKeys.length } }
  }

  private query(asker: string, body: JSONObject): JSONObject {
    const device_keys: JSONObject = {}
    const master_keys: JSONObject = {}
    const self_signing_keys: JSONObject = {}
    for (const [userId, wanted] of Object.entries(asObject(body["device_keys"]) ?? {})) {
      const found: JSONObject = {}
      const ids = asStrings(wanted)
      for (const [deviceId, device] of this.devicesOf(userId)) {
        if (device.keys !== undefined && (ids.length === 0 || ids.includes(deviceId))) found[deviceId] = device.keys
      }
      device_keys[userId] = found
      const identity = this.crossSigning.get(userId)
      if (identity === undefined) continue
      master_keys[userId] = identity.master
      self_signing_keys[userId] = identity.selfSigning
    }
    return { device_keys, master_keys, self_signing_keys, failures: {}, asker }
  }

  private claim(body: JSONObject): JSONObject {
    const one_time_keys: { [userId: string]: JSONObject } = {}
    for (const [userId, devices] of Object.entries(asObject(body["one_time_keys"]) ?? {})) {
      for (const deviceId of Object.keys(asObject(devices) ?? {})) {
        const device = this.device(userId, deviceId)
        const [id, key] = device.oneTimeKeys.shift() ?? [device.fallback?.id, device.fallback?.key]
        if (device.fallback !== undefined && id === device.fallback.id) device.fallback.isUsed = true
        if (id !== undefined && key !== undefined) one_time_keys[userId] = { ...one_time_keys[userId], [deviceId]: { [id]: key } }
      }
    }
    return { one_time_keys }
  }

  private send(sender: string, deviceId: string, type: string, transaction: string, body: JSONObject): JSONObject {
    const own = this.device(sender, deviceId)
    if (own.transactions.has(transaction)) return {}
    own.transactions.add(transaction)
    for (const [userId, messages] of Object.entries(asObject(body["messages"]) ?? {})) {
      for (const [to, content] of Object.entries(asObject(messages) ?? {})) {
        for (const [id, device] of this.devicesOf(userId)) {
          if ((to === id || to === "*") && device !== own) device.toDevice.push({ type, sender, content })
        }
      }
    }
    return {}
  }

  oneTimeKeyIDs(userId: string, deviceId: string): string[] {
    return this.device(userId, deviceId).oneTimeKeys.map(([id]) => id)
  }
}
