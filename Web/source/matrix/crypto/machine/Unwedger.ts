import type { DeviceLists } from "./DeviceLists"
import type { MachineCore } from "./MachineCore"
import type { OlmSender } from "./OlmSender"
import type { UnwedgeRecord } from "./records"

const FACTS = "encryption"
/** How long a device is remembered, so that it does not get another session soon. */
export const UNWEDGE_AGAIN = 3_600_000

/** Begins new Olm sessions with devices whose messages could not be decrypted, and tells them so by an empty message. */
export class Unwedger {
  constructor(private readonly core: MachineCore, private readonly devices: DeviceLists, private readonly sender: OlmSender) {}

  /** Within `requests`. */
  async run(): Promise<void> {
    const records = await this.core.read([FACTS], (transaction) =>
      transaction.list<UnwedgeRecord>(FACTS, { range: { lower: "unwedge:", upper: "unwedge:\uffff" } }))
    for (const record of records) {
      if (!record.isPending) {
        if (this.core.now() - record.time >= UNWEDGE_AGAIN) await this.core.write([FACTS], async (transaction) => transaction.delete(FACTS, record.key))
        continue
      }
      await this.devices.track([record.userId])
      await this.devices.update([record.userId])
      const device = await this.devices.byCurve25519(record.userId, record.senderKey)
      if (device !== undefined) {
        await this.sender.ensureSessions([device], true)
        await this.sender.encrypt([device], "m.dummy", () => ({}))
      }
      // The time stays, so that it is not done again soon.
      await this.core.write([FACTS], async (transaction) => transaction.put<UnwedgeRecord>(FACTS, { ...record, isPending: false }))
    }
  }
}
