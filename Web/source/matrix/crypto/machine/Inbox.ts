import { asObject } from "../../base/read"
import type { JSONObject } from "../../base/read"
import type { Transaction } from "../../contract/platform"
import type { KnownDevice, ToDeviceEvent } from "./EncryptionContext"
import { subscribe } from "./MachineCore"
import type { MachineCore } from "./MachineCore"
import type { InboxRecord } from "./records"

/** The store of messages that wait for their listeners. */
export const inboxStore = "toDeviceInbox"

type Listener = (event: ToDeviceEvent) => void | Promise<void>

/** Messages that came and are stored until whoever listens to them is done, so that none is lost in a crash. */
export class ToDeviceInbox {
  private readonly listeners = new Map<string, Set<Listener>>()
  private running: Promise<void> | undefined
  private isAgain = false
  private count = 0

  constructor(private readonly core: MachineCore) {}

  listen(type: string, listener: Listener): () => void {
    let set = this.listeners.get(type)
    if (set === undefined) this.listeners.set(type, (set = new Set()))
    return subscribe(set, listener)
  }

  /** Prepares a message to be stored in a transaction over `inboxStore`. */
  async prepare(
    type: string, sender: string, content: JSONObject, wasEncrypted: boolean, senderDevice: KnownDevice | undefined,
  ): Promise<(transaction: Transaction) => void> {
    this.count += 1
    const id = `${this.core.now().toString(36).padStart(9, "0")}.${String(this.count).padStart(6, "0")}.${this.core.newID()}`
    const sealed = await this.core.sealer.sealState(content, labelOf(id))
    return (transaction) => transaction.put<InboxRecord>(inboxStore, { id, type, sender, wasEncrypted, senderDevice, sealed })
  }

  /** Gives what is stored to the listeners, in order; one tab at a time. */
  async deliver(): Promise<void> {
    if (this.running !== undefined) {
      this.isAgain = true
      return this.running
    }
    this.running = this.core.platform.locks.run(`martlet:encryption:inbox:${this.core.userId}`, async () => {
      do {
        this.isAgain = false
        await this.deliverAll()
      } while (this.isAgain && !this.core.isStopped)
    }, this.core.stopSignal).finally(() => (this.running = undefined))
    return this.running
  }

  private async deliverAll() {
    for (;;) {
      const records = await this.core.read([inboxStore], (transaction) => transaction.list<InboxRecord>(inboxStore, { limit: 50 }))
      if (records.length === 0 || this.core.isStopped) return
      for (const record of records) {
        await this.deliverOne(record)
        if (this.core.isStopped) return
        await this.core.write([inboxStore], async (transaction) => transaction.delete(inboxStore, record.id))
      }
    }
  }

  private async deliverOne({ id, type, sender, wasEncrypted, senderDevice, sealed }: InboxRecord) {
    const content = asObject(await this.core.sealer.openState<JSONObject>(sealed, labelOf(id))) ?? {}
    for (const listener of [...(this.listeners.get(type) ?? [])]) {
      try {
        await listener({ type, sender, content, wasEncrypted, senderDevice })
      } catch (error) {
        this.core.log("warning", "a message to this device could not be handled", { type, error: String(error) })
      }
    }
  }
}

function labelOf(id: string): string {
  return `inbox|${id}`
}
