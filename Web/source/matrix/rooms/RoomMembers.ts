import { KeyedObservable } from "../base/KeyedObservable"
import { announce } from "../base/observable"
import type { Observable } from "../base/observable"
import type { UserID } from "../contract/events"
import type { Member } from "../contract/room"
import type { Profile } from "../contract/session"
import type { MemberRecord } from "../store/records"

/** The members of a room as far as they are known. */
export class RoomMembers {
  private readonly records = new Map<UserID, MemberRecord>()
  /** How many joined or invited members have a name. */
  private readonly names = new Map<string, number>()
  private readonly made = new Map<UserID, { record: MemberRecord | Profile | undefined; member: Member }>()
  private list: readonly Member[] | undefined
  private readonly listeners = new Set<() => void>()
  private readonly single = new KeyedObservable<UserID, Member>((userId) => this.member(userId), (userId) => this.wanted(userId))

  /** `wanted` is told who is looked for, or undefined where the list is. */
  constructor(
    private readonly levelOf: (userId: UserID) => number, private readonly wanted: (userId: UserID | undefined) => void,
    private readonly profile: (userId: UserID) => Profile,
  ) {}

  readonly all: Observable<readonly Member[]> = {
    get: () => (this.list ??= this.sorted()),
    subscribe: (listener) => {
      const own = () => listener()
      this.listeners.add(own)
      this.wanted(undefined)
      return () => {
        this.listeners.delete(own)
      }
    },
  }

  observe(userId: UserID): Observable<Member> {
    return this.single.of(userId)
  }

  record(userId: UserID): MemberRecord | undefined {
    return this.records.get(userId)
  }

  /** All that are known, also those who left. */
  known(): Iterable<MemberRecord> {
    return this.records.values()
  }

  get count(): number {
    return this.records.size
  }

  member(userId: UserID): Member {
    const record = this.records.get(userId)
    const powerLevel = this.levelOf(userId)
    const isAmbiguous = record !== undefined && this.isAmbiguous(record)
    const profile = record === undefined ? this.profile(userId) : undefined
    const known = this.made.get(userId)
    if (known !== undefined && known.record === (record ?? profile) && known.member.powerLevel === powerLevel && known.member.isAmbiguous === isAmbiguous) return known.member
    const member: Member = {
      userId, membership: record?.membership ?? "leave", displayName: record?.displayName ?? profile?.displayName, avatar: record?.avatar ?? profile?.avatar, powerLevel, isAmbiguous,
      reason: record?.reason,
    }
    this.made.set(userId, { record: record ?? profile, member })
    return member
  }

  /** Takes members over; from the store (`isFill`) only those of whom nothing newer is known. */
  apply(records: readonly MemberRecord[], isFill = false) {
    const touchedNames = new Set<string>()
    let isChanged = false
    for (const record of records) {
      const before = this.records.get(record.userId)
      if (before !== undefined && (isFill || same(before, record))) continue
      if (before !== undefined) this.countName(before, -1, touchedNames)
      this.records.set(record.userId, record)
      this.countName(record, 1, touchedNames)
      this.single.changed(record.userId)
      isChanged = true
    }
    if (!isChanged) return
    this.list = undefined
    announce(this.listeners)
  }

  /** Forgets everybody, before a complete list comes. */
  replace(records: readonly MemberRecord[]) {
    const named = new Set(records.map((record) => record.userId))
    const gone = [...this.records.values()].filter((record) => !named.has(record.userId) && (record.membership === "join" || record.membership === "invite"))
    this.apply([...gone.map((record) => ({ ...record, membership: "leave" as const })), ...records])
  }

  /** What is known of somebody who is not in the room changed. */
  profileChanged(userId: UserID) {
    this.single.changed(userId)
  }

  /** The power levels changed. */
  levelsChanged() {
    this.list = undefined
    announce(this.listeners)
    this.single.changedAll()
  }

  private countName(record: MemberRecord, by: number, touched: Set<string>) {
    if (record.displayName === undefined || (record.membership !== "join" && record.membership !== "invite")) return
    this.names.set(record.displayName, (this.names.get(record.displayName) ?? 0) + by)
    touched.add(record.displayName)
  }

  private isAmbiguous(record: MemberRecord): boolean {
    return record.displayName !== undefined && (this.names.get(record.displayName) ?? 0) > 1
  }

  private sorted(): readonly Member[] {
    const present: Member[] = []
    for (const record of this.records.values()) {
      if (record.membership === "join" || record.membership === "invite") present.push(this.member(record.userId))
    }
    const keys = new Map(present.map((one) => [one, (one.displayName ?? one.userId.slice(1)).toLowerCase()]))
    return present.sort((a, b) => order(keys.get(a) ?? "", keys.get(b) ?? "") || order(a.userId, b.userId))
  }
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function same(a: MemberRecord, b: MemberRecord): boolean {
  return a.membership === b.membership && a.displayName === b.displayName && a.avatar === b.avatar && a.reason === b.reason
}
