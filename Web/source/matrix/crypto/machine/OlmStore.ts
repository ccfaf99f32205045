import type { Transaction } from "../../contract/platform"
import { OlmSession } from "../olm/OlmSession"
import type { OlmSessionState } from "../olm/OlmSession"
import type { MachineCore } from "./MachineCore"
import type { OlmRecord } from "./records"

/** The store of Olm sessions. */
export const olmStore = "olmSessions"
const MOST_SESSIONS = 8

interface Entry {
  readonly session: OlmSession
  lastReceived: number
  isChanged: boolean
}

/** The Olm sessions with the devices that one piece of work has to do with; used under the lock, then stored at once. */
export class OlmWork {
  private readonly loaded = new Map<string, Entry[]>()
  private readonly dropped: { senderKey: string; sessionId: string }[] = []

  constructor(private readonly core: MachineCore) {}

  /** Sessions with a device, the one that last received first. */
  async sessions(senderKey: string): Promise<readonly OlmSession[]> {
    return (await this.entries(senderKey)).map((entry) => entry.session)
  }

  async add(senderKey: string, session: OlmSession): Promise<void> {
    const entries = await this.entries(senderKey)
    entries.unshift({ session, lastReceived: this.core.now(), isChanged: true })
    for (const old of entries.splice(MOST_SESSIONS)) this.dropped.push({ senderKey, sessionId: old.session.id })
  }

  async received(senderKey: string, session: OlmSession): Promise<void> {
    const entries = await this.entries(senderKey)
    const entry = entries.find((one) => one.session === session)
    if (entry === undefined) return
    entry.lastReceived = this.core.now()
    entry.isChanged = true
    entries.splice(entries.indexOf(entry), 1)
    entries.unshift(entry)
  }

  async sent(senderKey: string, session: OlmSession): Promise<void> {
    const entry = (await this.entries(senderKey)).find((one) => one.session === session)
    if (entry !== undefined) entry.isChanged = true
  }

  /** Prepares what changed to be stored in a transaction over `olmStore`. */
  async prepare(): Promise<(transaction: Transaction) => void> {
    const records: OlmRecord[] = []
    for (const [senderKey, entries] of this.loaded) {
      for (const { session, lastReceived, isChanged } of entries) {
        if (!isChanged) continue
        const sealed = await this.core.sealer.sealState(session.state, labelOf(senderKey, session.id))
        records.push({ senderKey, sessionId: session.id, lastReceived, sealed })
      }
    }
    return (transaction) => {
      for (const { senderKey, sessionId } of this.dropped) transaction.delete(olmStore, [senderKey, sessionId])
      for (const record of records) transaction.put(olmStore, record)
    }
  }

  private async entries(senderKey: string): Promise<Entry[]> {
    const known = this.loaded.get(senderKey)
    if (known !== undefined) return known
    const records = await this.core.read([olmStore], (transaction) => transaction.list<OlmRecord>(olmStore, { range: rangeOf(senderKey) }))
    const entries = await Promise.all(records.map(async (record) => {
      const state = await this.core.sealer.openState<OlmSessionState>(record.sealed, labelOf(senderKey, record.sessionId))
      return { session: new OlmSession(state), lastReceived: record.lastReceived, isChanged: false }
    }))
    entries.sort((a, b) => b.lastReceived - a.lastReceived)
    this.loaded.set(senderKey, entries)
    return entries
  }
}

/** Which of the keys have a session, without opening any. */
export function withSession(core: MachineCore, senderKeys: readonly string[]): Promise<ReadonlySet<string>> {
  return core.read([olmStore], async (transaction) => {
    const found = await Promise.all(senderKeys.map((key) => transaction.list<OlmRecord>(olmStore, { range: rangeOf(key), limit: 1 })))
    return new Set(senderKeys.filter((_, index) => (found[index] ?? []).length > 0))
  })
}

function rangeOf(senderKey: string) {
  return { lower: [senderKey, ""], upper: [senderKey, "\uffff"] }
}

function labelOf(senderKey: string, sessionId: string): string {
  return `olm|${senderKey}|${sessionId}`
}
