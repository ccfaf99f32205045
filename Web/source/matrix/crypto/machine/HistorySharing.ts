import { asArray, asObject, asString, member } from "../../base/read"
import type { JSONObject } from "../../base/read"
import type { MXC, RoomID, UserID } from "../../contract/events"
import { MatrixError } from "../../contract/session"
import { decryptFile, encryptFile } from "../files/attachments"
import { ALGORITHMS } from "./AccountStore"
import { isSharedHistory } from "./audience"
import type { DeviceLists } from "./DeviceLists"
import { importable } from "./InboundStore"
import type { InboundStore, NewSession } from "./InboundStore"
import type { MachineCore } from "./MachineCore"
import type { OlmSender } from "./OlmSender"
import type { ToDeviceOutbox } from "./Outbox"
import type { KeyBundleRecord, WithheldRecord } from "./records"

const STORE = "keyBundles"
/** How long after joining, or after it came, history is still taken. */
const RECENT = 24 * 3_600_000
const FORGET = 30 * 24 * 3_600_000
const LARGEST = 50_000_000

/** How files of shared history come and go, and who invited this account. */
export interface HistoryTransport {
  upload(blob: Blob): Promise<MXC>
  download(mxc: MXC): Promise<Blob>
  inviter(room: RoomID): { readonly userId: UserID; readonly joinedAt: number } | undefined
}

/** Gives the keys of a room's shared history to people who are invited, and takes them from those who invited this account. */
export class HistorySharing {
  private taking: Promise<void> | undefined

  constructor(
    private readonly core: MachineCore, private readonly devices: DeviceLists, private readonly sessions: InboundStore,
    private readonly sender: OlmSender, private readonly outbox: ToDeviceOutbox, private readonly transport: HistoryTransport,
  ) {}

  /** Only sessions that were meant to be shared, and only with devices that their owner signed. */
  async share(room: RoomID, userId: UserID): Promise<void> {
    if (!isSharedHistory(this.core.host.historyVisibility(room))) return
    const bundle = await this.bundle(room)
    if (bundle === undefined) return
    await this.devices.track([userId])
    await this.core.requests(() => this.devices.update([userId]))
    const isSigning = (await this.devices.crossSigning(userId)) !== undefined
    const devices = (await this.devices.stored(userId)).filter((device) => isSigning && device.isSigned && !device.isBlocked)
    if (devices.length === 0) return
    const { blob, file } = await encryptFile(new Blob([JSON.stringify(bundle)], { type: "application/json" }))
    const url = await this.transport.upload(blob)
    await this.core.requests(async () => {
      await this.sender.ensureSessions(devices)
      await this.sender.encrypt(devices, "m.room_key_bundle", () => ({ room_id: room, file: { ...file, url } }))
      await this.outbox.send()
    })
  }

  /** Downloads and imports what may be taken now. Safe to call often. */
  take(): Promise<void> {
    this.taking ??= this.takeAll().finally(() => (this.taking = undefined))
    return this.taking
  }

  private async bundle(room: RoomID): Promise<JSONObject | undefined> {
    const records = await this.sessions.ofRoom(room)
    if (!records.some((record) => record.sharedHistory)) return undefined
    const room_keys: JSONObject[] = []
    const withheld: JSONObject[] = []
    for (const record of records) {
      const common = { algorithm: ALGORITHMS.megolm, room_id: room, session_id: record.sessionId, sender_key: record.owner.curve25519 }
      if (!record.sharedHistory) {
        withheld.push({ ...common, code: "m.history_not_shared", reason: "The sender did not share this history" })
      } else if (record.owner.ed25519 !== undefined) {
        const { sessionKey } = await this.sessions.export(record)
        room_keys.push({ ...common, session_key: sessionKey, sender_claimed_keys: { ed25519: record.owner.ed25519 } })
      }
    }
    return { room_keys, withheld }
  }

  private async takeAll() {
    const records = await this.core.read([STORE], (transaction) => transaction.list<KeyBundleRecord>(STORE))
    const now = this.core.now()
    for (const record of records) {
      const invited = this.transport.inviter(record.room)
      const isRecent = invited !== undefined && Math.max(invited.joinedAt, record.time) >= now - RECENT
      let isDone = now - record.time > FORGET
      if (invited?.userId === record.sender && isRecent) isDone = await this.takeOne(record)
      if (isDone) await this.core.write([STORE], async (transaction) => transaction.delete(STORE, [record.room, record.sender]))
    }
  }

  /** Gives whether it is dealt with: a file that is gone or damaged will not come back. */
  private async takeOne(record: KeyBundleRecord): Promise<boolean> {
    const file = await this.core.sealer.openState<JSONObject>(record.sealed, `bundle|${record.room}|${record.sender}`)
    let text: string
    try {
      const blob = await this.transport.download(asString(file["url"]) ?? "")
      if (blob.size > LARGEST) return true
      text = await (await decryptFile(blob, file)).text()
    } catch (error) {
      this.core.log("warning", "shared history could not be downloaded", { room: record.room, error: String(error) })
      return !(error instanceof MatrixError) || (error.status >= 400 && error.status < 500 && error.status !== 429)
    }
    const bundle = parse(text)
    await this.importSessions(record, bundle)
    await this.noteWithheld(record, bundle)
    return true
  }

  private async importSessions({ room, sender }: KeyBundleRecord, bundle: JSONObject | undefined) {
    const sessions: NewSession[] = []
    for (const item of asArray(bundle?.["room_keys"])) {
      const sessionId = asString(member(item, "session_id"))
      const sessionKey = asString(member(item, "session_key"))
      const senderKey = asString(member(item, "sender_key"))
      const isOfRoom = member(item, "room_id") === room && member(item, "algorithm") === ALGORITHMS.megolm
      if (!isOfRoom || sessionId === undefined || sessionKey === undefined || senderKey === undefined) continue
      const session = importable({
        room, sessionId, sessionKey, senderKey, claimedEd25519: asString(member(item, "sender_claimed_keys", "ed25519")),
        forwardingChain: [], sharedHistory: true, firstIndex: 0,
      }, "bundle", { from: sender })
      if (session !== undefined) sessions.push(session)
    }
    await this.sessions.put(sessions)
  }

  private async noteWithheld({ room }: KeyBundleRecord, bundle: JSONObject | undefined) {
    const records: WithheldRecord[] = []
    for (const item of asArray(bundle?.["withheld"])) {
      const sessionId = asString(member(item, "session_id"))
      const code = asString(member(item, "code"))
      if (member(item, "room_id") !== room || sessionId === undefined || code === undefined) continue
      records.push({ room, sessionId, code, reason: asString(member(item, "reason")) ?? "" })
    }
    if (records.length === 0) return
    await this.core.write(["inboundSessions", "withheldSessions"], async (transaction) => {
      for (const record of records) await this.sessions.putWithheld(transaction, record)
    })
    this.core.sessionsChanged(records, false)
  }
}

function parse(text: string): JSONObject | undefined {
  try {
    return asObject(JSON.parse(text))
  } catch {
    return undefined
  }
}
