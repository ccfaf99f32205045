import type { JSONObject } from "../../base/read"
import type { RoomID, UserID } from "../../contract/events"
import type { Transaction } from "../../contract/platform"
import { OutboundMegolm } from "../megolm/OutboundMegolm"
import type { OutboundMegolmState } from "../megolm/OutboundMegolm"
import { decodeExportedKey } from "../megolm/sessionKey"
import { toBase64 } from "../primitives/base64"
import { utf8 } from "../primitives/bytes"
import { sha256 } from "../primitives/sha256"
import { ALGORITHMS } from "./AccountStore"
import type { AccountStore } from "./AccountStore"
import { isKnownAlgorithm, isSharedHistory, readRotation, withheldReasons, withholdingCode } from "./audience"
import type { Rotation } from "./audience"
import type { DeviceLists } from "./DeviceLists"
import type { KnownDevice } from "./EncryptionContext"
import { inboundStores } from "./InboundStore"
import type { InboundStore, NewSession } from "./InboundStore"
import type { MachineCore } from "./MachineCore"
import { CLAIM_AGAIN } from "./OlmSender"
import type { OlmSender } from "./OlmSender"
import { outboxStore } from "./Outbox"
import type { ToDeviceOutbox } from "./Outbox"
import type { OutboundRecord, SharedRecord } from "./records"

const OUTBOUND = "outboundSessions"
const SHARED = "sharedSessions"
const MOST_ATTEMPTS = 4

/** A room's content cannot be encrypted, as nobody could decrypt it. */
export class CannotEncrypt extends Error {
  override readonly name = "CannotEncrypt"
}

/** Who should be able to read the next message of a room. */
interface Audience {
  readonly room: RoomID
  readonly users: readonly UserID[]
  readonly rotation: Rotation
  readonly sharedHistory: boolean
  /** Changes with anything that matters. */
  readonly fingerprint: string
}

/** Encrypts events of rooms, after keys went to all who should read them. */
export class RoomEncryptor {
  private readonly live = new Map<RoomID, { sessionId: string; megolm: OutboundMegolm }>()

  constructor(
    private readonly core: MachineCore, private readonly account: AccountStore, private readonly devices: DeviceLists,
    private readonly sessions: InboundStore, private readonly sender: OlmSender, private readonly outbox: ToDeviceOutbox,
    private readonly onlySigned: boolean,
  ) {}

  async encrypt(room: RoomID, type: string, content: JSONObject): Promise<JSONObject> {
    const { "m.relates_to": relation, ...inner } = content
    const payload = utf8(JSON.stringify({ type, content: inner, room_id: room }))
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const audience = await this.audience(room)
      const encrypted = await this.core.lock(() => this.encryptIfShared(audience, payload))
      if (encrypted !== undefined) {
        // Keys that could not be sent when they were shared go out now, before the message that needs them.
        if (!(await this.outbox.isEmpty())) await this.core.requests(() => this.outbox.send())
        return relation === undefined ? encrypted : { ...encrypted, "m.relates_to": relation }
      }
      await this.core.requests(() => this.share(room))
    }
    throw new CannotEncrypt("the room's members or their devices change faster than keys can be shared")
  }

  private async audience(room: RoomID): Promise<Audience> {
    const encryption = this.core.host.roomEncryption(room)
    if (!isKnownAlgorithm(encryption)) throw new CannotEncrypt("the room is not encrypted in a way that is known here")
    const users = [...new Set([...(await this.core.host.roomRecipients(room)), this.core.userId])].sort()
    const rotation = readRotation(encryption)
    const sharedHistory = isSharedHistory(this.core.host.historyVisibility(room))
    const facts = [users, rotation.period, rotation.messages, sharedHistory, this.onlySigned, await this.devices.revision()]
    return { room, users, rotation, sharedHistory, fingerprint: toBase64(sha256(utf8(JSON.stringify(facts)))) }
  }

  private read(room: RoomID): Promise<OutboundRecord | undefined> {
    return this.core.read([OUTBOUND], (transaction) => transaction.get<OutboundRecord>(OUTBOUND, room))
  }

  private async isShared(record: OutboundRecord, audience: Audience): Promise<boolean> {
    const now = this.core.now()
    return record.audience === audience.fingerprint && !this.isWornOut(record, audience)
      && (record.retryAt === undefined || now < record.retryAt)
      && (await this.devices.outdated(new Set(audience.users))).length === 0
  }

  private isWornOut(record: OutboundRecord, { rotation, sharedHistory }: Audience): boolean {
    return this.core.now() - record.created >= rotation.period || record.messages >= rotation.messages || record.sharedHistory !== sharedHistory
  }

  private async encryptIfShared(audience: Audience, payload: Uint8Array): Promise<JSONObject | undefined> {
    const record = await this.read(audience.room)
    if (record === undefined || !(await this.isShared(record, audience))) return undefined
    const megolm = await this.open(record)
    const ciphertext = await megolm.encrypt(payload)
    const changed = { ...record, messages: record.messages + 1, sealed: await this.seal(audience.room, megolm) }
    await this.core.write([OUTBOUND], async (transaction) => transaction.put(OUTBOUND, changed))
    const { record: account } = await this.account.require()
    return { algorithm: ALGORITHMS.megolm, ciphertext, session_id: megolm.id, sender_key: account.curve25519, device_id: this.core.deviceId }
  }

  /** Shares a session with everybody who should have it; a new one where somebody has it who should not. Within `requests`. */
  private async share(room: RoomID) {
    const before = await this.audience(room)
    await this.devices.track(before.users)
    await this.devices.update(before.users)
    const audience = await this.audience(room)
    const { shared, withheld } = await this.targets(audience)
    const record = await this.core.lock(() => this.current(audience, shared))
    const done = await this.sharedWith(record.sessionId)
    const missing = shared.filter((device) => !done.some((one) => isSame(one, device) && one.withheld === undefined))
    const refused = withheld.filter(({ device, code }) => !done.some((one) => isSame(one, device) && one.withheld === code))
    await this.sender.ensureSessions(missing)
    const unreached = await this.send(record, missing, refused, done)
    await this.outbox.send()
    await this.finish(room, record.sessionId, audience.fingerprint, unreached)
  }

  private async targets({ users }: Audience) {
    const shared: KnownDevice[] = []
    const withheld: { device: KnownDevice; code: string }[] = []
    const crossSigning = new Map(await Promise.all(users.map(async (userId) => [userId, await this.devices.crossSigning(userId)] as const)))
    for (const device of await this.devices.storedOf(users)) {
      if (device.userId === this.core.userId && device.deviceId === this.core.deviceId) continue
      if (!device.algorithms.includes(ALGORITHMS.megolm)) continue
      const code = withholdingCode(device, crossSigning.get(device.userId), this.onlySigned)
      if (code === undefined) shared.push(device)
      else withheld.push({ device, code })
    }
    return { shared, withheld }
  }

  /** The session to use: a new one where there is none, it is worn out, or a device has it that should not. */
  private async current(audience: Audience, targets: readonly KnownDevice[]): Promise<OutboundRecord> {
    const record = await this.read(audience.room)
    if (record !== undefined && !this.isWornOut(record, audience)) {
      const holders = (await this.sharedWith(record.sessionId)).filter((one) => one.withheld === undefined)
      if (holders.every((one) => targets.some((device) => isSame(one, device)))) return record
    }
    return this.create(audience, record)
  }

  private async create({ room, sharedHistory }: Audience, old: OutboundRecord | undefined): Promise<OutboundRecord> {
    const megolm = await OutboundMegolm.create()
    const key = decodeExportedKey(megolm.exportedKey())
    if (key === undefined) throw new CannotEncrypt("a new session cannot be read")
    const { record: own } = await this.account.require()
    const inbound: NewSession = {
      room, key, source: "direct", sharedHistory, forwardingChain: [],
      owner: { userId: this.core.userId, curve25519: own.curve25519, ed25519: own.ed25519 },
    }
    const { records, put } = await this.sessions.prepare([inbound])
    const record: OutboundRecord = {
      room, sessionId: megolm.id, created: this.core.now(), messages: 0, sharedHistory, audience: "", sealed: await this.seal(room, megolm),
    }
    await this.core.write([OUTBOUND, SHARED, ...inboundStores], async (transaction) => {
      put(transaction)
      transaction.put(OUTBOUND, record)
      if (old !== undefined) transaction.deleteRange(SHARED, rangeOf(old.sessionId))
    })
    this.core.sessionsChanged(records, true)
    return record
  }

  /** Stores keys for devices in the outbox. Gives whether some could not be reached. */
  private async send(
    { room, sessionId, sharedHistory }: OutboundRecord, missing: readonly KnownDevice[], refused: readonly { device: KnownDevice; code: string }[],
    done: readonly SharedRecord[],
  ): Promise<boolean> {
    if (missing.length === 0 && refused.length === 0) return false
    const { record: own } = await this.account.require()
    const keyContent = async () => {
      const record = await this.read(room)
      if (record?.sessionId !== sessionId) throw new CannotEncrypt("another tab began a new session")
      const megolm = await this.open(record)
      return {
        algorithm: ALGORITHMS.megolm, room_id: room, session_id: sessionId, session_key: await megolm.sharedKey(), shared_history: sharedHistory,
      }
    }
    const withheldContent = (code: string): JSONObject => ({
      algorithm: ALGORITHMS.megolm, sender_key: own.curve25519, code, reason: withheldReasons[code] ?? code,
      ...(code !== "m.no_olm" && { room_id: room, session_id: sessionId }),
    })
    const put = (transaction: Transaction, unreached: readonly KnownDevice[]) => {
      for (const device of missing) if (!unreached.includes(device)) this.note(transaction, sessionId, device, undefined)
      const isNew = (device: KnownDevice) => !done.some((one) => isSame(one, device) && one.withheld === "m.no_olm")
      const withheld = [...refused, ...unreached.filter(isNew).map((device) => ({ device, code: "m.no_olm" }))]
      const messages: { [userId: string]: { [deviceId: string]: JSONObject } } = {}
      for (const { device, code } of withheld) {
        (messages[device.userId] ??= {})[device.deviceId] = withheldContent(code)
        this.note(transaction, sessionId, device, code)
      }
      this.outbox.put(transaction, "m.room_key.withheld", messages)
    }
    const unreached = await this.sender.encrypt(missing, "m.room_key", keyContent, { stores: [SHARED, outboxStore], put })
    return unreached.length > 0
  }

  private note(transaction: Transaction, sessionId: string, { userId, deviceId, curve25519 }: KnownDevice, withheld: string | undefined) {
    transaction.put<SharedRecord>(SHARED, { sessionId, userId, deviceId, curve25519, ...(withheld !== undefined && { withheld }) })
  }

  private async finish(room: RoomID, sessionId: string, audience: string, hasUnreached: boolean) {
    await this.core.lock(() => this.core.write([OUTBOUND], async (transaction) => {
      const record = await transaction.get<OutboundRecord>(OUTBOUND, room)
      if (record?.sessionId !== sessionId) return
      const { created, messages, sharedHistory, sealed } = record
      transaction.put<OutboundRecord>(OUTBOUND, {
        room, sessionId, created, messages, sharedHistory, sealed, audience, ...(hasUnreached && { retryAt: this.core.now() + CLAIM_AGAIN }),
      })
    }))
  }

  private sharedWith(sessionId: string): Promise<SharedRecord[]> {
    return this.core.read([SHARED], (transaction) => transaction.list<SharedRecord>(SHARED, { range: rangeOf(sessionId) }))
  }

  private async open(record: OutboundRecord): Promise<OutboundMegolm> {
    const live = this.live.get(record.room)
    // Another tab may have used it in the meantime: then what is in memory is behind.
    if (live?.sessionId === record.sessionId && live.megolm.index === record.messages) return live.megolm
    const megolm = await OutboundMegolm.restore(await this.core.sealer.openState<OutboundMegolmState>(record.sealed, labelOf(record.room)))
    this.live.set(record.room, { sessionId: record.sessionId, megolm })
    return megolm
  }

  private seal(room: RoomID, megolm: OutboundMegolm): Promise<Uint8Array> {
    return this.core.sealer.sealState(megolm.state, labelOf(room))
  }
}

function isSame(one: SharedRecord, device: KnownDevice): boolean {
  return one.userId === device.userId && one.deviceId === device.deviceId && one.curve25519 === device.curve25519
}

function rangeOf(sessionId: string) {
  return { lower: [sessionId, "", ""], upper: [sessionId, "\uffff", "\uffff"] }
}

function labelOf(room: RoomID): string {
  return `outbound|${room}`
}
