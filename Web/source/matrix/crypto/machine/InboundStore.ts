import type { RoomID } from "../../contract/events"
import type { Transaction } from "../../contract/platform"
import { InboundMegolm } from "../megolm/InboundMegolm"
import { decodeExportedKey } from "../megolm/sessionKey"
import type { SessionKey } from "../megolm/sessionKey"
import { fromBase64, toBase64 } from "../primitives/base64"
import type { ExportedSession, SessionSource } from "./EncryptionContext"
import type { MachineCore } from "./MachineCore"
import type { InboundRecord, KeyRequestRecord, SessionOwner, WithheldRecord } from "./records"

/** The stores that change when sessions come. */
export const inboundStores = ["inboundSessions", "withheldSessions", "keyRequests"] as const
const SESSIONS = "inboundSessions"
const MOST_CACHED = 400
const PART = 200

/** A session on its way into the store. */
export interface NewSession {
  readonly room: RoomID
  readonly key: SessionKey
  readonly owner: SessionOwner
  readonly source: SessionSource
  readonly from?: string
  readonly sharedHistory: boolean
  readonly forwardingChain: readonly string[]
  readonly isBackedUp?: boolean
}

/** A session as it is used: what is stored of it, and its ratchet. */
export interface LoadedSession {
  readonly record: InboundRecord
  readonly megolm: InboundMegolm
}

/** The Megolm sessions of others, and of this device as others see them. */
export class InboundStore {
  private readonly cache = new Map<string, Promise<LoadedSession | undefined>>()

  constructor(private readonly core: MachineCore) {
    core.onSessionsChanged((sessions) => {
      for (const { room, sessionId } of sessions) this.cache.delete(cacheKey(room, sessionId))
    })
  }

  /** A session, from memory where it was used lately. */
  get(room: RoomID, sessionId: string): Promise<LoadedSession | undefined> {
    const key = cacheKey(room, sessionId)
    const known = this.cache.get(key)
    if (known !== undefined) return known
    const loading = this.load(room, sessionId).then((loaded) => {
      // What is not there now may be there the next time.
      if (loaded === undefined) this.cache.delete(key)
      return loaded
    })
    loading.catch(() => this.cache.delete(key))
    const oldest = this.cache.keys().next()
    if (this.cache.size >= MOST_CACHED && oldest.done !== true) this.cache.delete(oldest.value)
    this.cache.set(key, loading)
    return loading
  }

  /** Prepares sessions to be stored in a transaction over `inboundStores`; under the lock. Gives those that are better than what is there. */
  async prepare(sessions: readonly NewSession[]): Promise<{ records: readonly InboundRecord[]; put: (transaction: Transaction) => void }> {
    const better = new Map<string, InboundRecord>()
    const ids = sessions.map((session) => toBase64(session.key.publicKey))
    const stored = await this.core.read([SESSIONS], (transaction) =>
      Promise.all(sessions.map(({ room }, index) => transaction.get<InboundRecord>(SESSIONS, [room, ids[index] ?? ""]))))
    for (const [index, session] of sessions.entries()) {
      const sessionId = ids[index] ?? ""
      const key = cacheKey(session.room, sessionId)
      const known = better.get(key) ?? stored[index]
      const record = await this.merge(session, sessionId, known === undefined ? undefined : await this.open(known))
      if (record !== undefined) better.set(key, record)
    }
    const records = [...better.values()]
    return {
      records,
      put: (transaction) => {
        for (const record of records) {
          transaction.put(SESSIONS, record)
          transaction.delete("withheldSessions", [record.room, record.sessionId])
        }
      },
    }
  }

  /** Stores sessions and tells of them. Gives how many were better than what was there. */
  async put(sessions: readonly NewSession[]): Promise<number> {
    let count = 0
    for (let start = 0; start < sessions.length; start += PART) {
      const records = await this.core.lock(async () => {
        const { records: prepared, put } = await this.prepare(sessions.slice(start, start + PART))
        if (prepared.length > 0) await this.core.write(inboundStores, async (transaction) => put(transaction))
        return prepared
      })
      count += records.length
      this.core.sessionsChanged(records, records.some((record) => record.waiting !== undefined))
    }
    return count
  }

  /** Sessions of a room. */
  async ofRoom(room: RoomID): Promise<InboundRecord[]> {
    return this.core.read([SESSIONS], (transaction) => transaction.list<InboundRecord>(SESSIONS, { range: { lower: [room, ""], upper: [room, "\uffff"] } }))
  }

  async exported(room: RoomID, sessionId: string): Promise<ExportedSession | undefined> {
    const record = await this.core.read([SESSIONS], (transaction) => transaction.get<InboundRecord>(SESSIONS, [room, sessionId]))
    return record === undefined ? undefined : this.export(record)
  }

  async export(record: InboundRecord): Promise<ExportedSession> {
    const key = await this.core.sealer.open(record.sealed, labelOf(record))
    return {
      room: record.room, sessionId: record.sessionId, sessionKey: toBase64(key), senderKey: record.owner.curve25519,
      claimedEd25519: record.owner.ed25519, forwardingChain: record.forwardingChain, sharedHistory: record.sharedHistory, firstIndex: record.firstIndex,
    }
  }

  async exportAll(visit: (sessions: readonly ExportedSession[]) => Promise<void>): Promise<void> {
    let after: readonly [string, string] = ["", ""]
    for (;;) {
      const records = await this.core.read([SESSIONS], (transaction) =>
        transaction.list<InboundRecord>(SESSIONS, { range: { lower: after, lowerOpen: true }, limit: PART }))
      const last = records[records.length - 1]
      if (last === undefined) return
      after = [last.room, last.sessionId]
      await visit(await Promise.all(records.map((record) => this.export(record))))
    }
  }

  async waiting(limit: number): Promise<readonly ExportedSession[]> {
    const records = await this.core.read([SESSIONS], (transaction) => transaction.list<InboundRecord>(SESSIONS, { index: "waiting", limit }))
    return Promise.all(records.map((record) => this.export(record)))
  }

  async countWaiting(): Promise<number> {
    return (await this.core.read([SESSIONS], (transaction) => transaction.list<InboundRecord>(SESSIONS, { index: "waiting" }))).length
  }

  async markBackedUp(sessions: readonly ExportedSession[]): Promise<void> {
    await this.core.write([SESSIONS], async (transaction) => {
      for (const session of sessions) {
        const record = await transaction.get<InboundRecord>(SESSIONS, [session.room, session.sessionId])
        if (record === undefined || record.firstIndex !== session.firstIndex) continue
        transaction.put(SESSIONS, withoutWaiting(record))
      }
    })
  }

  async markAllWaiting(): Promise<void> {
    const now = this.core.now()
    const marked = await this.core.write([SESSIONS], async (transaction) => {
      const records = await transaction.list<InboundRecord>(SESSIONS)
      for (const record of records) transaction.put(SESSIONS, { ...record, waiting: record.waiting ?? now })
      return records.slice(0, 1)
    })
    this.core.sessionsChanged(marked, true)
  }

  withheld(room: RoomID, sessionId: string): Promise<WithheldRecord | undefined> {
    return this.core.read(["withheldSessions"], (transaction) => transaction.get<WithheldRecord>("withheldSessions", [room, sessionId]))
  }

  /** Notes that sessions were withheld, where they did not come all the same. */
  putWithheld(transaction: Transaction, record: WithheldRecord): Promise<void> {
    return transaction.get<InboundRecord>(SESSIONS, [record.room, record.sessionId]).then((known) => {
      if (known === undefined) transaction.put("withheldSessions", record)
    })
  }

  /** A request for a session that was sent to own devices. */
  request(room: RoomID, sessionId: string): Promise<KeyRequestRecord | undefined> {
    return this.core.read(["keyRequests"], (transaction) => transaction.get<KeyRequestRecord>("keyRequests", [room, sessionId]))
  }

  private async load(room: RoomID, sessionId: string): Promise<LoadedSession | undefined> {
    const record = await this.core.read([SESSIONS], (transaction) => transaction.get<InboundRecord>(SESSIONS, [room, sessionId]))
    return record === undefined ? undefined : this.open(record)
  }

  private async open(record: InboundRecord): Promise<LoadedSession | undefined> {
    const key = decodeExportedKey(await this.core.sealer.open(record.sealed, labelOf(record)))
    return key === undefined ? undefined : { record, megolm: new InboundMegolm(key) }
  }

  /**
   * What to store of a session that is there already: the earlier index, and the better word about its owner. Both may be combined only where
   * both keys are of one ratchet; otherwise only the owner's own word replaces that of others.
   */
  private async merge(session: NewSession, sessionId: string, known: LoadedSession | undefined): Promise<InboundRecord | undefined> {
    const isDirect = session.source === "direct"
    if (known === undefined) return this.seal(session, sessionId, new InboundMegolm(session.key), session)
    const wasDirect = known.record.source === "direct"
    if (!known.megolm.isSameRatchet(session.key)) {
      if (!isDirect || wasDirect) {
        this.core.log("warning", "another session under a known ID is ignored", { room: session.room, sessionId })
        return undefined
      }
      return this.seal(session, sessionId, new InboundMegolm(session.key), session)
    }
    const isEarlier = session.key.index < known.megolm.firstIndex
    if (!isEarlier && (!isDirect || wasDirect)) return undefined
    const megolm = isEarlier ? new InboundMegolm(session.key) : known.megolm
    const word = isDirect && !wasDirect ? session : known.record
    const sealed = await this.seal(session, sessionId, megolm, word)
    // An earlier index is worth backing up again; a better word alone is not.
    return isEarlier || known.record.waiting !== undefined ? sealed : withoutWaiting(sealed)
  }

  private async seal(
    session: NewSession, sessionId: string, megolm: InboundMegolm,
    word: { owner: SessionOwner; source: SessionSource; from?: string; sharedHistory: boolean; forwardingChain: readonly string[] },
  ): Promise<InboundRecord> {
    const { room } = session
    return {
      room, sessionId, owner: word.owner, source: word.source, ...(word.from !== undefined && { from: word.from }), sharedHistory: word.sharedHistory,
      forwardingChain: word.forwardingChain, firstIndex: megolm.firstIndex, ...(session.isBackedUp === true ? {} : { waiting: this.core.now() }),
      sealed: await this.core.sealer.seal(megolm.exportedKey(), labelOf({ room, sessionId })),
    }
  }
}

/** A session that others passed on, ready for the store; undefined where its key is none or of another session. */
export function importable(
  session: ExportedSession, source: Exclude<SessionSource, "direct">, options: { isBackedUp?: boolean; from?: string } = {},
): NewSession | undefined {
  const key = decodeExportedKey(fromBase64(session.sessionKey) ?? new Uint8Array())
  if (key === undefined || toBase64(key.publicKey) !== session.sessionId) return undefined
  return {
    room: session.room, key, source, owner: { userId: undefined, curve25519: session.senderKey, ed25519: session.claimedEd25519 },
    sharedHistory: session.sharedHistory, forwardingChain: session.forwardingChain,
    ...(options.from !== undefined && { from: options.from }), ...(options.isBackedUp !== undefined && { isBackedUp: options.isBackedUp }),
  }
}

function withoutWaiting(record: InboundRecord): InboundRecord {
  const rest: { -readonly [Name in keyof InboundRecord]: InboundRecord[Name] } = { ...record }
  delete rest.waiting
  return rest
}

function cacheKey(room: RoomID, sessionId: string): string {
  return `${room}|${sessionId}`
}

function labelOf({ room, sessionId }: { room: RoomID; sessionId: string }): string {
  return `megolm|${room}|${sessionId}`
}
