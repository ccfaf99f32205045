import { asNumber, asObject, asString, asStrings, member } from "../../base/read"
import type { JSONObject } from "../../base/read"
import type { EncryptionSync } from "../../contract/encryption"
import type { Transaction } from "../../contract/platform"
import { decodeExportedKey, decodeSharedKey } from "../megolm/sessionKey"
import { OlmError } from "../olm/OlmError"
import { decodePreKeyMessage } from "../olm/OlmMessage"
import { sessionIDOfMessage } from "../olm/OlmSession"
import type { OlmCiphertext, OlmSession } from "../olm/OlmSession"
import { fromBase64, toBase64 } from "../primitives/base64"
import { utf8 } from "../primitives/bytes"
import { sha256 } from "../primitives/sha256"
import { ALGORITHMS } from "./AccountStore"
import type { AccountStore, LoadedAccount } from "./AccountStore"
import type { DeviceLists } from "./DeviceLists"
import { deviceStores } from "./DeviceLists"
import type { KnownDevice } from "./EncryptionContext"
import { inboundStores } from "./InboundStore"
import type { InboundStore, NewSession } from "./InboundStore"
import { inboxStore } from "./Inbox"
import type { ToDeviceInbox } from "./Inbox"
import type { MachineCore } from "./MachineCore"
import { PayloadRefused, readPayload } from "./olmPayload"
import { OlmWork, olmStore } from "./OlmStore"
import { readDevice } from "./readDevices"
import { UNWEDGE_AGAIN } from "./Unwedger"
import type { HandledRecord, KeyBundleRecord, UnwedgeRecord, WithheldRecord } from "./records"

const HANDLED = "handledMessages"
const BUNDLES = "keyBundles"
const FACTS = "encryption"
const PART = 250
const FORGET_HANDLED = 14 * 24 * 3_600_000

/** What one sync changes; all of it is stored at once, or nothing. */
interface Changes {
  readonly loaded: LoadedAccount
  readonly work: OlmWork
  readonly sessions: NewSession[]
  readonly withheld: WithheldRecord[]
  readonly handled: Set<string>
  readonly unwedge: Map<string, UnwedgeRecord>
  readonly puts: ((transaction: Transaction) => void)[]
  /** Whose devices have to be asked for, as a message of one came that is not known. */
  readonly unknownSenders: Set<string>
  usedOneTimeKey: boolean
}

/** Takes what a sync brought, each message once, however often the sync is repeated. */
export class Receiver {
  constructor(
    private readonly core: MachineCore, private readonly account: AccountStore, private readonly devices: DeviceLists,
    private readonly sessions: InboundStore, private readonly inbox: ToDeviceInbox,
  ) {}

  async receive(sync: EncryptionSync): Promise<void> {
    await this.receivePart({ ...sync, toDevice: sync.toDevice.slice(0, PART) })
    for (let start = PART; start < sync.toDevice.length; start += PART) {
      await this.receivePart({ ...sync, toDevice: sync.toDevice.slice(start, start + PART), deviceListsChanged: [], deviceListsLeft: [] })
    }
  }

  /** Many messages, such as after weeks, are stored in parts, so that what was done stays done. */
  private async receivePart(sync: EncryptionSync): Promise<void> {
    const records = await this.core.lock(async () => {
      const changes: Changes = {
        loaded: await this.account.requireForChange(), work: new OlmWork(this.core), sessions: [], withheld: [], handled: new Set(),
        unwedge: new Map(), puts: [], unknownSenders: new Set(), usedOneTimeKey: false,
      }
      for (const event of sync.toDevice) {
        try {
          await this.handle(event, changes)
        } catch (error) {
          const facts = { type: asString(event["type"]), sender: asString(event["sender"]), error: String(error) }
          this.core.log(error instanceof PayloadRefused || error instanceof OlmError ? "warning" : "error", "a message to this device was refused", facts)
        }
      }
      return this.store(sync, changes)
    })
    this.core.sessionsChanged(records, true)
  }

  private async store(sync: EncryptionSync, changes: Changes) {
    const putSessions = await changes.work.prepare()
    const { records, put } = await this.sessions.prepare(changes.sessions)
    const putAccount = await this.prepareAccount(sync, changes)
    const now = this.core.now()
    const stores = new Set([olmStore, inboxStore, HANDLED, BUNDLES, ...inboundStores, ...deviceStores])
    await this.core.write([...stores], async (transaction) => {
      putSessions(transaction)
      put(transaction)
      putAccount?.(transaction)
      for (const one of changes.puts) one(transaction)
      for (const hash of changes.handled) transaction.put<HandledRecord>(HANDLED, { hash, time: now })
      for (const record of changes.unwedge.values()) transaction.put(FACTS, record)
      for (const record of changes.withheld) await this.sessions.putWithheld(transaction, record)
      await this.devices.mark(transaction, sync.deviceListsChanged, sync.deviceListsLeft, [...changes.unknownSenders])
      const old = await transaction.list<HandledRecord>(HANDLED, { index: "time", range: { upper: now - FORGET_HANDLED }, limit: 50 })
      for (const { hash } of old) transaction.delete(HANDLED, hash)
    })
    return [...records, ...changes.withheld]
  }

  private async prepareAccount(sync: EncryptionSync, { loaded, usedOneTimeKey }: Changes) {
    const { record, account } = loaded
    const oneTimeKeyCount = sync.oneTimeKeyCounts === undefined ? record.oneTimeKeyCount : asNumber(sync.oneTimeKeyCounts["signed_curve25519"]) ?? 0
    const isFallbackUsed = sync.unusedFallbackKeys === undefined ? record.isFallbackUsed : !sync.unusedFallbackKeys.includes("signed_curve25519")
    const isDropped = account.dropOldFallback(this.core.now())
    if (!usedOneTimeKey && !isDropped && oneTimeKeyCount === record.oneTimeKeyCount && isFallbackUsed === record.isFallbackUsed) return undefined
    return this.account.prepare(loaded, { oneTimeKeyCount, isFallbackUsed })
  }

  private async handle(event: JSONObject, changes: Changes) {
    const type = asString(event["type"])
    const sender = asString(event["sender"])
    const content = asObject(event["content"])
    if (type === undefined || sender === undefined || content === undefined) return
    if (type === "m.room.encrypted") return this.handleEncrypted(sender, content, changes)
    if (type === "m.room_key.withheld") return this.takeWithheld(sender, content, changes)
    changes.puts.push(await this.inbox.prepare(type, sender, content, false, undefined))
  }

  private async handleEncrypted(sender: string, content: JSONObject, changes: Changes) {
    const ownKey = changes.loaded.record.curve25519
    const senderKey = asString(content["sender_key"])
    const kind = asNumber(member(content, "ciphertext", ownKey, "type"))
    const text = asString(member(content, "ciphertext", ownKey, "body"))
    const body = fromBase64(text ?? "")
    if (content["algorithm"] !== ALGORITHMS.olm || senderKey === undefined || body === undefined || text === undefined || (kind !== 0 && kind !== 1)) {
      throw new PayloadRefused("not for this device, or malformed")
    }
    const hash = toBase64(sha256(utf8(`${sender}|${senderKey}|${text}`)))
    if (changes.handled.has(hash) || (await this.wasHandled(hash))) return
    changes.handled.add(hash)
    let plaintext: Uint8Array
    try {
      plaintext = await this.decrypt(senderKey, { type: kind, body }, changes)
    } catch (error) {
      if (error instanceof OlmError) await this.markBroken(sender, senderKey, changes)
      throw error
    }
    const payload = await readPayload(plaintext, { sender, senderKey, recipient: this.core.userId, recipientEd25519: changes.loaded.record.ed25519 })
    const device = await this.senderDevice(sender, senderKey, payload.senderEd25519, payload.senderDeviceKeys, changes)
    await this.dispatch(payload.type, sender, senderKey, payload.senderEd25519, payload.content, device, changes)
  }

  private async decrypt(senderKey: string, ciphertext: OlmCiphertext, changes: Changes): Promise<Uint8Array> {
    const { work, loaded } = changes
    const sessions = await work.sessions(senderKey)
    if (ciphertext.type === 0) {
      const message = decodePreKeyMessage(ciphertext.body)
      if (toBase64(message.identityKey) !== senderKey) throw new PayloadRefused("the message is of another device")
      const id = sessionIDOfMessage(message)
      const known = sessions.find((session) => session.id === id)
      if (known !== undefined) return this.decryptWith(known, senderKey, ciphertext, work)
      const { session, plaintext } = await loaded.account.inbound(ciphertext.body)
      changes.usedOneTimeKey = true
      await work.add(senderKey, session)
      return plaintext
    }
    let problem = new OlmError("unknown-key")
    for (const session of sessions) {
      try {
        return await this.decryptWith(session, senderKey, ciphertext, work)
      } catch (error) {
        if (!(error instanceof OlmError)) throw error
        problem = error
      }
    }
    throw problem
  }

  private async decryptWith(session: OlmSession, senderKey: string, ciphertext: OlmCiphertext, work: OlmWork): Promise<Uint8Array> {
    const plaintext = await session.decrypt(ciphertext)
    await work.received(senderKey, session)
    return plaintext
  }

  /** Remembers to begin a new session with a device, but not too often. */
  private async markBroken(userId: string, senderKey: string, changes: Changes) {
    const key = `unwedge:${senderKey}`
    const known = await this.core.read([FACTS], (transaction) => transaction.get<UnwedgeRecord>(FACTS, key))
    const time = this.core.now()
    if (known !== undefined && time - known.time < UNWEDGE_AGAIN) return
    changes.unwedge.set(key, { key, userId, senderKey, time, isPending: true })
  }

  /** The device that a message came from; a device that is not known yet is asked about. */
  private async senderDevice(
    sender: string, senderKey: string, ed25519: string, deviceKeys: JSONObject | undefined, changes: Changes,
  ): Promise<KnownDevice | undefined> {
    const known = await this.devices.byCurve25519(sender, senderKey)
    if (known !== undefined) {
      if (known.ed25519 !== ed25519) throw new PayloadRefused("the device has another signing key")
      return known
    }
    if (deviceKeys === undefined) {
      changes.unknownSenders.add(sender)
      return undefined
    }
    return readDevice(deviceKeys, sender, asString(deviceKeys["device_id"]) ?? "", await this.devices.crossSigning(sender))
  }

  private async dispatch(
    type: string, sender: string, senderKey: string, ed25519: string, content: JSONObject, device: KnownDevice | undefined, changes: Changes,
  ) {
    switch (type) {
      case "m.dummy":
        return
      case "m.room_key":
        return this.takeRoomKey(sender, senderKey, ed25519, content, changes)
      case "m.forwarded_room_key":
        return this.takeForwardedKey(sender, senderKey, device, content, changes)
      case "m.room_key.withheld":
        return this.takeWithheld(sender, content, changes)
      case "m.room_key_bundle":
        return this.takeBundle(sender, senderKey, device, content, changes)
      default:
        changes.puts.push(await this.inbox.prepare(type, sender, content, true, device))
    }
  }

  private async takeRoomKey(sender: string, senderKey: string, ed25519: string, content: JSONObject, changes: Changes) {
    const room = asString(content["room_id"])
    const key = await decodeSharedKey(fromBase64(asString(content["session_key"]) ?? "") ?? new Uint8Array())
    if (content["algorithm"] !== ALGORITHMS.megolm || room === undefined || key === undefined) throw new PayloadRefused("the room key is malformed")
    if (toBase64(key.publicKey) !== content["session_id"]) throw new PayloadRefused("the room key is of another session")
    const sharedHistory = (content["shared_history"] ?? content["org.matrix.msc3061.shared_history"]) === true
    const owner = { userId: sender, curve25519: senderKey, ed25519 }
    changes.sessions.push({ room, key, owner, source: "direct", sharedHistory, forwardingChain: [] })
  }

  /** Only what was asked for, and only from own devices that were signed. */
  private async takeForwardedKey(sender: string, senderKey: string, device: KnownDevice | undefined, content: JSONObject, changes: Changes) {
    const room = asString(content["room_id"])
    const sessionId = asString(content["session_id"])
    if (room === undefined || sessionId === undefined || content["algorithm"] !== ALGORITHMS.megolm) throw new PayloadRefused("the forwarded key is malformed")
    if (sender !== this.core.userId || device === undefined || !device.isSigned) throw new PayloadRefused("the forwarded key is not from an own device")
    if ((await this.sessions.request(room, sessionId)) === undefined) throw new PayloadRefused("the forwarded key was not asked for")
    const key = decodeExportedKey(fromBase64(asString(content["session_key"]) ?? "") ?? new Uint8Array())
    const curve25519 = asString(content["sender_key"])
    if (key === undefined || toBase64(key.publicKey) !== sessionId || curve25519 === undefined) throw new PayloadRefused("the forwarded key is malformed")
    changes.sessions.push({
      room, key, source: "forwarded", owner: { userId: undefined, curve25519, ed25519: asString(content["sender_claimed_ed25519_key"]) },
      sharedHistory: content["shared_history"] === true, forwardingChain: [...asStrings(content["forwarding_curve25519_key_chain"]), senderKey],
    })
  }

  private async takeWithheld(sender: string, content: JSONObject, changes: Changes) {
    const code = asString(content["code"])
    const room = asString(content["room_id"])
    const sessionId = asString(content["session_id"])
    const senderKey = asString(content["sender_key"])
    if (code === undefined) throw new PayloadRefused("malformed")
    if (code === "m.no_olm" && senderKey !== undefined) await this.markBroken(sender, senderKey, changes)
    if (room === undefined || sessionId === undefined || code === "m.unavailable") return
    changes.withheld.push({ room, sessionId, code, reason: asString(content["reason"]) ?? "" })
  }

  private async takeBundle(sender: string, senderKey: string, device: KnownDevice | undefined, content: JSONObject, changes: Changes) {
    const room = asString(content["room_id"])
    const file = asObject(content["file"])
    if (room === undefined || file === undefined || device === undefined || asString(file["url"]) === undefined) throw new PayloadRefused("the bundle is malformed")
    const sealed = await this.core.sealer.sealState(file, `bundle|${room}|${sender}`)
    const record: KeyBundleRecord = { room, sender, senderKey, time: this.core.now(), sealed }
    changes.puts.push((transaction) => transaction.put(BUNDLES, record))
  }

  private async wasHandled(hash: string): Promise<boolean> {
    return (await this.core.read([HANDLED], (transaction) => transaction.get<HandledRecord>(HANDLED, hash))) !== undefined
  }
}
