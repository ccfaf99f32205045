import { asObject, type JSONObject, type JSONValue, member } from "../../../../../source/matrix/base/read"
import { MatrixError } from "../../../../../source/matrix/contract/session"
import type { TestContext } from "./TestContext"

interface Account {
  readonly devices: Map<string, JSONObject>
  keys: { master_key?: JSONObject; self_signing_key?: JSONObject; user_signing_key?: JSONObject }
  readonly data: Map<string, JSONObject>
  readonly versions: { readonly version: string; readonly body: JSONObject; readonly rooms: Map<string, Map<string, JSONValue>> }[]
}

/** As much of a homeserver as identities need, with what it takes on trust from clients checked by nobody. */
export class MemoryServer {
  readonly contexts: TestContext[] = []
  readonly events: JSONObject[] = []
  private readonly accounts = new Map<string, Account>()
  /** Calls, to see what was asked. */
  readonly calls: string[] = []
  /** Whether uploading a second identity asks for a password. */
  asksPassword = false
  /** Whether every other event of rooms is left out of syncs. */
  hasGaps = false

  account(userId: string): Account {
    let account = this.accounts.get(userId)
    if (account === undefined) this.accounts.set(userId, (account = { devices: new Map(), keys: {}, data: new Map(), versions: [] }))
    return account
  }

  call(userId: string, method: string, path: string, body: JSONObject, query: { readonly [name: string]: unknown } = {}): JSONObject {
    this.calls.push(`${method} ${path}`)
    const account = this.account(userId)
    const rest = path.replace("/_matrix/client/v3", "").split("/").map(decodeURIComponent)
    const backup = account.versions[account.versions.length - 1]
    if (path.endsWith("/keys/device_signing/upload")) {
      if (this.asksPassword && account.keys.master_key !== undefined && member(body, "auth", "password") !== "pw") throw new MatrixError("M_FORBIDDEN", "wrong password", 401)
      account.keys = { ...account.keys, ...body }
      return {}
    }
    if (path.endsWith("/keys/signatures/upload")) return this.sign(userId, body)
    if (rest[1] === "user" && rest[3] === "account_data") {
      const found = account.data.get(rest[4] ?? "")
      if (found === undefined) throw new MatrixError("M_NOT_FOUND", "not found", 404)
      return found
    }
    if (path.endsWith("/m.reference")) {
      const id = decodeURIComponent(path.split("/")[7] ?? "")
      return { chunk: this.events.filter((event) => member(event, "content", "m.relates_to", "event_id") === id) }
    }
    if (path.endsWith("/devices")) return { devices: [...account.devices.keys()].map((id) => ({ device_id: id, display_name: `name of ${id}`, last_seen_ts: 5, last_seen_ip: "::1" })) }
    if (rest[1] === "room_keys" && rest[2] === "version" && method === "POST") {
      account.versions.push({ version: String(account.versions.length + 1), body, rooms: new Map() })
      return { version: String(account.versions.length) }
    }
    if (backup === undefined) throw new MatrixError("M_NOT_FOUND", "no backup", 404)
    if (rest[1] === "room_keys" && rest[2] === "version") return { ...backup.body, version: backup.version, etag: "0", count: 0 }
    if (query["version"] !== backup.version) throw new MatrixError("M_WRONG_ROOM_KEYS_VERSION", "wrong version", 403)
    if (method === "PUT") {
      for (const [room, value] of Object.entries(asObject(body["rooms"]) ?? {})) {
        const sessions = backup.rooms.get(room) ?? new Map<string, JSONValue>()
        for (const [id, session] of Object.entries(asObject(member(value, "sessions")) ?? {})) sessions.set(id, session)
        backup.rooms.set(room, sessions)
      }
      return { etag: "1", count: 0 }
    }
    if (rest[3] !== undefined && rest[4] !== undefined) {
      const found = asObject(backup.rooms.get(rest[3])?.get(rest[4]))
      if (found === undefined) throw new MatrixError("M_NOT_FOUND", "no key", 404)
      return found
    }
    return { rooms: Object.fromEntries([...backup.rooms].map(([room, sessions]) => [room, { sessions: Object.fromEntries(sessions) }])) }
  }

  changed(userIds: readonly string[]) {
    for (const context of this.contexts) context.devicesChanged(userIds)
  }

  private sign(userId: string, body: JSONObject): JSONObject {
    for (const [target, objects] of Object.entries(body)) {
      const account = this.account(target)
      for (const [id, object] of Object.entries(asObject(objects) ?? {})) {
        const device = account.devices.get(id)
        const master = account.keys.master_key
        if (device !== undefined) account.devices.set(id, withSignatures(device, userId, object))
        else if (master !== undefined && member(master, "keys", `ed25519:${id}`) !== undefined) account.keys.master_key = withSignatures(master, userId, object)
        else throw new Error(`signature on the unknown ${id}`)
      }
    }
    return { failures: {} }
  }
}

function withSignatures(object: JSONObject, userId: string, signed: JSONValue): JSONObject {
  const added = asObject(member(signed, "signatures", userId)) ?? {}
  const signatures = asObject(object["signatures"]) ?? {}
  return { ...object, signatures: { ...signatures, [userId]: { ...asObject(signatures[userId]), ...added } } }
}

