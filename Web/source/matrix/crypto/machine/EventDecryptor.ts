import { asObject, asString, member } from "../../base/read"
import type { JSONObject } from "../../base/read"
import type { Decryption } from "../../contract/encryption"
import type { MatrixEvent, RoomID, UserID } from "../../contract/events"
import type { EventEncryption } from "../../contract/timeline"
import { MegolmError } from "../megolm/InboundMegolm"
import { decodeMegolmMessage } from "../megolm/MegolmMessage"
import { fromBase64 } from "../primitives/base64"
import { fromUTF8 } from "../primitives/bytes"
import { ALGORITHMS } from "./AccountStore"
import type { DeviceLists } from "./DeviceLists"
import type { InboundStore, LoadedSession } from "./InboundStore"
import type { MachineCore } from "./MachineCore"
import type { MessageIndexes } from "./MessageIndexes"

const PATIENCE = 3_000

type Shield = Extract<EventEncryption, { kind: "decrypted" }>["shield"]
type Reason = Extract<EventEncryption, { kind: "undecryptable" }>["reason"]

/** Why an event could not be decrypted. */
class Undecryptable extends Error {
  override readonly name = "Undecryptable"
  constructor(readonly reason: Reason, readonly detail: string) {
    super(detail)
  }
}

/** Decrypts events of rooms. It reads what is stored and needs no lock. */
export class EventDecryptor {
  private readonly shields = new Map<string, Promise<Shield>>()

  constructor(
    private readonly core: MachineCore, private readonly sessions: InboundStore, private readonly indexes: MessageIndexes,
    private readonly devices: DeviceLists, private readonly trust: { isChanged(userId: UserID): Promise<boolean> },
    private readonly missing: (room: RoomID, sessionId: string) => void,
  ) {
    core.onDevicesChanged(() => this.forgetShields())
  }

  async decrypt(room: RoomID, event: MatrixEvent): Promise<Decryption> {
    const sessionId = asString(event.content["session_id"])
    try {
      return { ...(await this.clear(room, event, sessionId)), sessionId }
    } catch (error) {
      if (!(error instanceof Undecryptable)) throw error
      return { event: undefined, sessionId, encryption: { kind: "undecryptable", reason: error.reason, detail: error.detail } }
    }
  }

  /** Shields depend on devices and identities; after any of them changed they are found anew. */
  forgetShields() {
    this.shields.clear()
  }

  private async clear(room: RoomID, event: MatrixEvent, sessionId: string | undefined): Promise<Omit<Decryption, "sessionId">> {
    const algorithm = asString(event.content["algorithm"])
    const ciphertext = asString(event.content["ciphertext"])
    if (algorithm !== ALGORITHMS.megolm) throw new Undecryptable("broken", `unknown algorithm ${algorithm ?? ""}`)
    const message = ciphertext === undefined ? undefined : decodeMegolmMessage(fromBase64(ciphertext) ?? new Uint8Array())
    if (message === undefined || sessionId === undefined) throw new Undecryptable("broken", "the message is malformed")
    const session = await this.sessions.get(room, sessionId)
    if (session === undefined) throw await this.explain(room, event, sessionId)
    let plaintext: Uint8Array
    try {
      plaintext = await session.megolm.decrypt(message)
    } catch (error) {
      if (!(error instanceof MegolmError)) throw error
      if (error.problem === "before-first-index") throw await this.explain(room, event, sessionId)
      throw new Undecryptable("broken", error.problem)
    }
    const payload = read(plaintext)
    const type = asString(payload?.["type"])
    const content = asObject(payload?.["content"])
    if (payload === undefined || type === undefined || content === undefined) throw new Undecryptable("broken", "the content is malformed")
    if (payload["room_id"] !== room) throw new Undecryptable("broken", "the message was meant for another room")
    const { shield, owner } = await this.shield(session)
    if (owner !== undefined && owner !== event.sender) throw new Undecryptable("broken", "the message was encrypted by somebody else")
    if (!(await this.indexes.note(room, sessionId, message.index, event.event_id, event.origin_server_ts))) {
      throw new Undecryptable("broken", "the message is a copy of an earlier one")
    }
    return { event: { type, content: withRelation(content, event.content) }, encryption: { kind: "decrypted", shield } }
  }

  /** Why there is no key, as far as that is known; asks for it where it may still come. */
  private async explain(room: RoomID, event: MatrixEvent, sessionId: string): Promise<Undecryptable> {
    const withheld = await this.sessions.withheld(room, sessionId)
    this.missing(room, sessionId)
    if (withheld !== undefined) return new Undecryptable("withheld", withheld.code)
    const membership = asString(event.unsigned?.["membership"])
    if (membership !== undefined && membership !== "join" && event.sender !== this.core.userId) {
      return new Undecryptable("before-joining", "the message is older than the membership")
    }
    return new Undecryptable("waiting", "the key did not come yet")
  }

  private async shield({ record }: LoadedSession): Promise<{ shield: Shield; owner: UserID | undefined }> {
    const { userId, curve25519, ed25519 } = record.owner
    // Whoever passed a session on could say anything about its owner.
    if (record.source !== "direct" || userId === undefined) return { shield: "imported", owner: undefined }
    if (userId === this.core.userId && ed25519 === this.ownEd25519) return { shield: undefined, owner: userId }
    const key = `${userId}|${curve25519}|${ed25519 ?? ""}`
    let found = this.shields.get(key)
    if (found === undefined) {
      found = this.findShield(userId, curve25519, ed25519)
      found.catch(() => this.shields.delete(key))
      this.shields.set(key, found)
    }
    return { shield: await found, owner: userId }
  }

  private async findShield(userId: UserID, curve25519: string, ed25519: string | undefined): Promise<Shield> {
    let device = await this.devices.byCurve25519(userId, curve25519)
    if (device?.isSigned !== true && (await this.devices.outdated(new Set([userId]))).length > 0) {
      // The device may be new: its first message often comes together with the news of it.
      await this.updated(userId)
      device = await this.devices.byCurve25519(userId, curve25519)
    }
    if (device === undefined || device.ed25519 !== ed25519) return "unknown-device"
    if (!device.isSigned) return "unsigned-device"
    return (await this.trust.isChanged(userId)) ? "unverified-user-changed" : undefined
  }

  /** Asks for a user's devices, and waits a little for the answer. */
  private async updated(userId: UserID) {
    const patience = new AbortController()
    const asked = this.core.requests(() => this.devices.update([userId]))
      .catch((error) => this.core.log("info", "devices could not be asked for", { error: String(error) }))
      .finally(() => patience.abort(new Error("answered")))
    await Promise.race([asked, this.core.platform.clock.sleep(PATIENCE, patience.signal).catch(() => undefined)])
  }

  /** Set once the account is open. */
  ownEd25519 = ""
}

function read(plaintext: Uint8Array): JSONObject | undefined {
  const text = fromUTF8(plaintext)
  if (text === undefined) return undefined
  try {
    return asObject(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** Relations are outside of the ciphertext, where servers see them. */
function withRelation(content: JSONObject, outer: JSONObject): JSONObject {
  const relation = member(outer, "m.relates_to")
  return relation === undefined ? content : { ...content, "m.relates_to": relation }
}
