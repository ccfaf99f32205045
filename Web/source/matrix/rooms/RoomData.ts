import { batch, Value } from "../base/observable"
import { path } from "../base/path"
import type { MatrixEvent, UserID } from "../contract/events"
import type { Transaction } from "../contract/platform"
import { replaceMembers } from "../store/members"
import type { MemberRecord, ReceiptRecord, RoomRecord, StateRecord } from "../store/records"
import { memberOf, withState } from "../store/roomRecord"
import { startingWith } from "../store/stores"
import { writeState } from "../store/writeUpdate"
import { readEvents } from "../sync/readEvents"
import { PowerLevels } from "./PowerLevels"
import { RoomMembers } from "./RoomMembers"
import { RoomReceipts } from "./RoomReceipts"
import { RoomState } from "./RoomState"
import type { SessionCore } from "./SessionCore"

/** What a room's data asks of the room. */
export interface DataHost {
  record(): RoomRecord
  changeRecord(change: (record: RoomRecord, transaction: Transaction) => Promise<RoomRecord>, stores: readonly string[]): Promise<void>
}

/** State, members and receipts of a room: in memory once somebody looks, from the store first, from the server where that is not enough. */
export class RoomData {
  readonly state = new RoomState(() => void this.loadStoredState())
  readonly members: RoomMembers
  readonly receipts = new RoomReceipts(() => void this.loadReceipts())
  readonly isStateLoaded: Value<boolean>
  readonly areMembersLoaded = new Value(false)
  private levelsKept: { version: number; levels: PowerLevels } | undefined
  private loads: { state?: Promise<void>; members?: Promise<void>; storedMembers?: Promise<void>; receipts?: Promise<void>; fullState?: Promise<void> } = {}
  private stateInterest: (() => void) | undefined
  private readonly profiles = new Map<UserID, () => void>()

  constructor(private readonly core: SessionCore, private readonly host: DataHost) {
    this.isStateLoaded = new Value(host.record().isStateComplete)
    this.members = new RoomMembers((userId) => this.levels().levelOf(userId), (userId) => void this.membersWanted(userId), (userId) => this.core.profile(userId).get())
  }

  private get id() {
    return this.host.record().id
  }

  /** Power levels as they are now. */
  levels(): PowerLevels {
    const version = this.state.version.get()
    if (this.levelsKept?.version === version && version > 0) return this.levelsKept.levels
    void this.loadStoredState()
    const { creators, version: roomVersion } = this.host.record()
    const levels = new PowerLevels(this.state.event("m.room.power_levels")?.content, this.state.event("m.room.create"), creators, roomVersion)
    this.levelsKept = { version, levels }
    return levels
  }

  /** Members may have changed that nobody told of: they are to be asked for again. */
  membersBecameIncomplete() {
    delete this.loads.members
    this.areMembersLoaded.set(false)
  }

  loadStoredState(): Promise<void> {
    return (this.loads.state ??= this.core.transaction(["state"], "read", (transaction) => transaction.get<StateRecord>("state", this.id)).then((record) => batch(() => {
      this.state.fill(record?.events ?? [])
      this.members.levelsChanged()
    })).catch((error: unknown) => this.report("state", error)))
  }

  /** State that the session read for many rooms at once. */
  fillState(events: readonly MatrixEvent[]) {
    this.loads.state ??= Promise.resolve()
    this.state.fill(events)
  }

  loadState(): Promise<void> {
    return (this.loads.fullState ??= this.fetchState().catch((error: unknown) => {
      delete this.loads.fullState
      throw error
    }))
  }

  private async fetchState() {
    // From now on the sync tells of each change of this room's state.
    this.stateInterest ??= this.core.interest(this.id, "state")
    await this.loadStoredState()
    if (this.host.record().isStateComplete) return
    const answer = await this.core.api.getList(path`/_matrix/client/v3/rooms/${this.id}/state`)
    const events = readEvents(answer).filter((event) => event.state_key !== undefined)
    const people = events.flatMap((event) => memberOf(this.id, event) ?? [])
    const state = events.filter((event) => event.type !== "m.room.member")
    await this.host.changeRecord(async (record, transaction) => {
      await writeState(transaction, this.id, state, false)
      await replaceMembers(transaction, this.id, people)
      return { ...withState(record, state, this.core.me), isStateComplete: true, areMembersComplete: true }
    }, ["state", "members"])
    batch(() => {
      this.state.apply(state)
      this.members.replace(people)
      this.areMembersLoaded.set(true)
      this.isStateLoaded.set(true)
    })
  }

  private async membersWanted(userId: UserID | undefined) {
    if (userId !== undefined && this.members.record(userId) !== undefined) return
    await this.loadStoredMembers()
    // Somebody who is not in the room is shown as their profile says.
    if (userId === undefined || this.members.record(userId) !== undefined || this.profiles.has(userId)) return
    this.profiles.set(userId, this.core.profile(userId).subscribe(() => this.members.profileChanged(userId)))
  }

  loadStoredMembers(): Promise<void> {
    return (this.loads.storedMembers ??= (async () => {
      await this.loadStoredState()
      const records = await this.core.transaction(["members"], "read", (transaction) => transaction.list<MemberRecord>("members", { range: startingWith(this.id) }))
      batch(() => {
        this.members.apply(records, true)
        if (this.host.record().areMembersComplete) this.areMembersLoaded.set(true)
      })
    })().catch((error: unknown) => this.report("members", error)))
  }

  loadMembers(): Promise<void> {
    return (this.loads.members ??= this.fetchMembers().catch((error: unknown) => {
      delete this.loads.members
      throw error
    }))
  }

  private async fetchMembers() {
    await this.loadStoredMembers()
    if (this.host.record().areMembersComplete) return this.areMembersLoaded.set(true)
    const answer = await this.core.api.get(path`/_matrix/client/v3/rooms/${this.id}/members`, { not_membership: "leave" })
    const records = readEvents(answer["chunk"]).flatMap((event) => memberOf(this.id, event) ?? [])
    await this.host.changeRecord(async (record, transaction) => {
      await replaceMembers(transaction, this.id, records)
      return { ...record, areMembersComplete: true }
    }, ["members"])
    batch(() => {
      this.members.replace(records)
      this.areMembersLoaded.set(true)
    })
    this.core.encryption.roomChanged(this.id, this.host.record().encryption)
  }

  private loadReceipts(): Promise<void> {
    return (this.loads.receipts ??= this.core.transaction(["receipts"], "read", (transaction) => transaction.list<ReceiptRecord>("receipts", { range: startingWith(this.id) }))
      .then((records) => this.receipts.apply(records)).catch((error: unknown) => this.report("receipts", error)))
  }

  close() {
    for (const end of this.profiles.values()) end()
    this.profiles.clear()
    this.stateInterest?.()
    this.stateInterest = undefined
  }

  private report(what: string, error: unknown) {
    this.core.platform.log("warning", `a room's ${what} could not be had`, { room: this.id, error: String(error) })
  }
}
