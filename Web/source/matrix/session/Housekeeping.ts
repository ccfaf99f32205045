import type { RoomID } from "../contract/events"
import { trimHistory } from "../store/history"
import type { ProfileRecord, SegmentRecord } from "../store/records"
import type { ClientSession } from "./ClientSession"

const keptEvents = 1_000
const mostEvents = 3_000
const mostProfiles = 2_000
const leftRoomLife = 30 * 24 * 3_600_000
const delay = 30_000

/** Keeps the store from growing without end: once a session, when it has been open for a while. */
export class Housekeeping {
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly session: ClientSession) {}

  start() {
    this.timer = setTimeout(() => {
      this.run().catch((error: unknown) => this.session.platform.log("warning", "housekeeping failed", { error: String(error) }))
    }, delay)
  }

  stop() {
    clearTimeout(this.timer)
  }

  async run() {
    await this.trimRooms()
    await this.forgetLeftRooms()
    await this.forgetProfiles()
  }

  private async trimRooms() {
    const { session } = this
    const segments = await session.transaction(["segments"], "read", (transaction) => transaction.list<SegmentRecord>("segments"))
    const counts = new Map<RoomID, number>()
    for (const { room, first, last } of segments) counts.set(room, (counts.get(room) ?? 0) + last - first + 1)
    for (const [room, count] of counts) {
      const model = session.model(room)
      if (count <= mostEvents || model === undefined || model.isOpen) continue
      await session.transaction(["segments", "events"], "write", (transaction) => trimHistory(transaction, room, model.record.liveSegment, keptEvents))
    }
  }

  private async forgetLeftRooms() {
    const before = this.session.platform.clock.now() - leftRoomLife
    const old = [...this.session.allModels()].filter(({ record, isOpen }) => (record.membership === "leave" || record.membership === "ban") && record.lastActivity < before && !isOpen)
    for (const room of old) await this.session.removeRoom(room.id)
  }

  private async forgetProfiles() {
    await this.session.transaction(["profiles"], "write", async (transaction) => {
      const profiles = await transaction.list<ProfileRecord>("profiles")
      profiles.sort((a, b) => b.fetched - a.fetched)
      for (const profile of profiles.slice(mostProfiles)) transaction.delete("profiles", profile.userId)
    })
  }
}
