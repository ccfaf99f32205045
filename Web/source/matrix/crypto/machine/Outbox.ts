import { path } from "../../base/path"
import { asObject } from "../../base/read"
import type { JSONObject } from "../../base/read"
import type { Transaction } from "../../contract/platform"
import { MatrixError } from "../../contract/session"
import type { MachineCore } from "./MachineCore"
import type { OutboxRecord } from "./records"

/** The store of messages that are to be sent. */
export const outboxStore = "toDeviceOutbox"
const MOST_DEVICES = 100

/** Messages to devices by user and device. */
export type DeviceMessages = { readonly [userId: string]: { readonly [deviceId: string]: JSONObject } }

/** Messages to devices that are stored until the server took them. */
export class ToDeviceOutbox {
  private count = 0

  constructor(private readonly core: MachineCore) {}

  /** Puts messages within a transaction over `outboxStore`, in parts of a size that servers take. */
  put(transaction: Transaction, type: string, messages: DeviceMessages) {
    let part: { [userId: string]: JSONObject } = {}
    let size = 0
    const finish = () => {
      if (size === 0) return
      this.count += 1
      // IDs grow, so that messages go out in the order in which they came.
      const id = `${this.core.now().toString(36).padStart(9, "0")}.${String(this.count).padStart(6, "0")}.${this.core.newID()}`
      transaction.put<OutboxRecord>(outboxStore, { id, type, messages: part })
      part = {}
      size = 0
    }
    for (const [userId, devices] of Object.entries(messages)) {
      for (const [deviceId, content] of Object.entries(devices)) {
        part[userId] = { ...part[userId], [deviceId]: content }
        size += 1
        if (size >= MOST_DEVICES) finish()
      }
    }
    finish()
  }

  async isEmpty(): Promise<boolean> {
    const [first] = await this.core.read([outboxStore], (transaction) => transaction.list(outboxStore, { limit: 1 }))
    return first === undefined
  }

  /** Sends everything; within `requests`. What the server refuses for good is dropped. */
  async send(): Promise<void> {
    for (;;) {
      const records = await this.core.read([outboxStore], (transaction) => transaction.list<OutboxRecord>(outboxStore, { limit: 20 }))
      if (records.length === 0) return
      for (const record of records) {
        await this.sendOne(record)
        await this.core.write([outboxStore], async (transaction) => transaction.delete(outboxStore, record.id))
      }
    }
  }

  private async sendOne({ id, type, messages }: OutboxRecord) {
    try {
      await this.core.api.put(path`/_matrix/client/v3/sendToDevice/${type}/${id}`, { messages: asObject(messages) ?? {} })
    } catch (error) {
      const isFinal = error instanceof MatrixError && error.status >= 400 && error.status < 500 && ![401, 408, 429].includes(error.status)
      if (!isFinal) throw error
      this.core.log("error", "messages to devices were refused", { type, code: error.code })
    }
  }
}
