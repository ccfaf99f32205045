import { asObject, member } from "../../base/read"
import type { JSONObject } from "../../base/read"
import { serverNameOf } from "../../base/identifiers"
import type { UserID } from "../../contract/events"
import type { Transaction } from "../../contract/platform"
import { canonicalJSON } from "../primitives/canonicalJSON"
import type { CrossSigningKeys, KnownDevice } from "./EncryptionContext"
import type { MachineCore } from "./MachineCore"
import { readCrossSigning, readDevice } from "./readDevices"
import type { DeviceListRecord, DeviceRecord } from "./records"

const LISTS = "deviceLists"
const DEVICES = "devices"
const FACTS = "encryption"
const REVISION = "devicesRevision"
const BATCH = 200
const QUERY_TIMEOUT = 10_000
/** How long a server that did not answer is left alone. */
const RETRY_AFTER = 5 * 60_000

/** Stores that a sync changes through `mark`. */
export const deviceStores = [LISTS, FACTS] as const

/** Whose devices are known, and which lists are out of date. */
export class DeviceLists {
  private readonly retryAt = new Map<UserID, number>()

  constructor(private readonly core: MachineCore, private readonly ownKeysDiffer: (device: KnownDevice | undefined) => void) {}

  /** Devices as they are stored. */
  stored(userId: UserID): Promise<KnownDevice[]> {
    return this.core.read([DEVICES], (transaction) => transaction.list<DeviceRecord>(DEVICES, { range: rangeOf(userId) }))
  }

  /** The devices of many users at once. */
  async storedOf(userIds: readonly UserID[]): Promise<KnownDevice[]> {
    return this.core.read([DEVICES], async (transaction) => {
      const lists = await Promise.all(userIds.map((userId) => transaction.list<DeviceRecord>(DEVICES, { range: rangeOf(userId) })))
      return lists.flat()
    })
  }

  async crossSigning(userId: UserID): Promise<CrossSigningKeys | undefined> {
    const record = await this.core.read([LISTS], (transaction) => transaction.get<DeviceListRecord>(LISTS, userId))
    return record?.crossSigning
  }

  /** The device with a Curve25519 key, if it is that user's. */
  async byCurve25519(userId: UserID, key: string): Promise<KnownDevice | undefined> {
    const found = await this.core.read([DEVICES], (transaction) =>
      transaction.list<DeviceRecord>(DEVICES, { index: "curve25519", range: { lower: key, upper: key } }))
    return found.find((device) => device.userId === userId)
  }

  /** Grows whenever any device changes. */
  async revision(): Promise<number> {
    const fact = await this.core.read([FACTS], (transaction) => transaction.get<{ value: number }>(FACTS, REVISION))
    return fact?.value ?? 0
  }

  async setBlocked(userId: UserID, deviceId: string, isBlocked: boolean): Promise<void> {
    await this.core.write([DEVICES, FACTS], async (transaction) => {
      const device = await transaction.get<DeviceRecord>(DEVICES, [userId, deviceId])
      if (device === undefined) return
      transaction.put(DEVICES, { ...device, isBlocked })
      await this.countRevision(transaction)
    })
    this.core.devicesChanged([userId])
  }

  /** Notes within a transaction over `deviceStores` what a sync told; `wanted` are asked about even where they were not tracked. */
  async mark(transaction: Transaction, changed: readonly UserID[], left: readonly UserID[], wanted: readonly UserID[]): Promise<void> {
    const stillTracked = this.core.host.trackedUsers()
    for (const userId of new Set([...changed, ...wanted])) {
      const record = await transaction.get<DeviceListRecord>(LISTS, userId)
      if (record === undefined && userId !== this.core.userId && !wanted.includes(userId)) continue
      if (record?.isUntracked === true && !wanted.includes(userId)) continue
      transaction.put<DeviceListRecord>(LISTS, outdatedList(userId, record))
      this.retryAt.delete(userId)
    }
    for (const userId of left) {
      if (userId === this.core.userId || stillTracked.has(userId)) continue
      const record = await transaction.get<DeviceListRecord>(LISTS, userId)
      if (record === undefined) continue
      const { generation, crossSigning } = record
      transaction.put<DeviceListRecord>(LISTS, { userId, isUntracked: true, generation: generation + 1, ...(crossSigning && { crossSigning }) })
      // Whatever was shared with them has to be looked at again, should they come back.
      await this.countRevision(transaction)
    }
  }

  /** Begins to track users that are not tracked yet. */
  async track(userIds: Iterable<UserID>): Promise<void> {
    const wanted = [...new Set(userIds)]
    const known = await this.core.read([LISTS], (transaction) => Promise.all(wanted.map((userId) => transaction.get<DeviceListRecord>(LISTS, userId))))
    const unknown = wanted.filter((_, index) => isUnknown(known[index]))
    if (unknown.length === 0) return
    await this.core.write([LISTS], async (transaction) => {
      for (const userId of unknown) {
        const record = await transaction.get<DeviceListRecord>(LISTS, userId)
        if (isUnknown(record)) transaction.put<DeviceListRecord>(LISTS, outdatedList(userId, record))
      }
    })
  }

  /** Those of the users whose lists are out of date and whose servers are worth asking. */
  async outdated(userIds?: ReadonlySet<UserID>): Promise<DeviceListRecord[]> {
    const all = await this.core.read([LISTS], (transaction) => transaction.list<DeviceListRecord>(LISTS, { index: "outdated" }))
    const now = this.core.now()
    return all.filter(({ userId }) => (userIds === undefined || userIds.has(userId)) && (this.retryAt.get(userId) ?? 0) <= now)
  }

  /** Marks lists as out of date. */
  async invalidate(userIds: readonly UserID[]): Promise<void> {
    await this.core.write([LISTS], async (transaction) => {
      for (const userId of userIds) {
        const record = await transaction.get<DeviceListRecord>(LISTS, userId)
        transaction.put<DeviceListRecord>(LISTS, outdatedList(userId, record))
      }
    })
    for (const userId of userIds) this.retryAt.delete(userId)
  }

  /** Asks for all lists (or those of the users) that are out of date; within `requests`, so that never two ask for the same. */
  async update(userIds?: readonly UserID[]): Promise<void> {
    const wanted = userIds === undefined ? undefined : new Set(userIds)
    for (;;) {
      const outdated = (await this.outdated(wanted)).slice(0, BATCH)
      if (outdated.length === 0) return
      await this.query(outdated)
    }
  }

  private async query(asked: readonly DeviceListRecord[]) {
    const device_keys: JSONObject = {}
    for (const { userId } of asked) device_keys[userId] = []
    const answer = await this.core.api.post("/_matrix/client/v3/keys/query", { device_keys, timeout: QUERY_TIMEOUT })
    const failed = new Set(Object.keys(asObject(answer["failures"]) ?? {}))
    const changed: UserID[] = []
    for (const record of asked) {
      const isMissing = member(answer, "device_keys", record.userId) === undefined
      if (isMissing && failed.has(serverNameOf(record.userId))) {
        this.retryAt.set(record.userId, this.core.now() + RETRY_AFTER)
      } else if (await this.store(record, answer)) {
        changed.push(record.userId)
      }
    }
    this.core.devicesChanged(changed)
  }

  /** Stores what was answered about a user. Gives whether anything changed. */
  private async store({ userId, generation }: DeviceListRecord, answer: JSONObject): Promise<boolean> {
    const crossSigning = await readCrossSigning(answer, userId)
    const objects = asObject(member(answer, "device_keys", userId)) ?? {}
    const devices: KnownDevice[] = []
    for (const deviceId of Object.keys(objects)) {
      const device = await readDevice(asObject(objects[deviceId]), userId, deviceId, crossSigning)
      if (device !== undefined) devices.push(device)
      else this.core.log("warning", "a device is not what it says, and is ignored", { userId, deviceId })
    }
    if (userId === this.core.userId) this.ownKeysDiffer(devices.find((device) => device.deviceId === this.core.deviceId))
    return this.core.write([LISTS, DEVICES, FACTS], async (transaction) => {
      const before = await transaction.list<DeviceRecord>(DEVICES, { range: rangeOf(userId) })
      const record = await transaction.get<DeviceListRecord>(LISTS, userId)
      const accepted = devices.map((device) => this.accept(device, before.find((one) => one.deviceId === device.deviceId)))
      for (const old of before) if (!accepted.some((device) => device.deviceId === old.deviceId)) transaction.delete(DEVICES, [userId, old.deviceId])
      for (const device of accepted) transaction.put(DEVICES, device)
      // Where the server said in the meantime that the list changed, it stays as that left it.
      const isCurrent = record === undefined || record.generation === generation
      transaction.put<DeviceListRecord>(LISTS, {
        userId, generation: record?.generation ?? generation, ...(crossSigning && { crossSigning }),
        ...(!isCurrent && record.outdated !== undefined && { outdated: 1 }), ...(!isCurrent && record.isUntracked === true && { isUntracked: true }),
      })
      const isChanged = fingerprintOf(before, record?.crossSigning) !== fingerprintOf(accepted, crossSigning)
      if (isChanged) await this.countRevision(transaction)
      return isChanged
    })
  }

  /** The keys of a device never change: whoever shows others under its ID is not it. */
  private accept(device: KnownDevice, known: DeviceRecord | undefined): DeviceRecord {
    if (known === undefined) return device
    if (known.ed25519 === device.ed25519 && known.curve25519 === device.curve25519) return { ...device, isBlocked: known.isBlocked }
    this.core.log("error", "the keys of a device changed, and are refused", { userId: device.userId, deviceId: device.deviceId })
    return known
  }

  private async countRevision(transaction: Transaction) {
    const fact = await transaction.get<{ value: number }>(FACTS, REVISION)
    transaction.put(FACTS, { key: REVISION, value: (fact?.value ?? 0) + 1 })
  }
}

function isUnknown(record: DeviceListRecord | undefined): boolean {
  return record === undefined || record.isUntracked === true
}

function outdatedList(userId: UserID, record: DeviceListRecord | undefined): DeviceListRecord {
  const { generation = 0, crossSigning } = record ?? {}
  return { userId, outdated: 1, generation: generation + 1, ...(crossSigning && { crossSigning }) }
}

function rangeOf(userId: UserID) {
  return { lower: [userId, ""], upper: [userId, "\uffff"] }
}

function fingerprintOf(devices: readonly KnownDevice[], crossSigning: CrossSigningKeys | undefined): string {
  const keys = [...devices].sort((a, b) => (a.deviceId < b.deviceId ? -1 : 1)).map((device) => [device.deviceId, device.ed25519, device.isSigned, device.displayName ?? ""])
  const { master = null, selfSigning = null, userSigning = null } = crossSigning ?? {}
  return canonicalJSON([keys, master, selfSigning, userSigning] as unknown as JSONObject)
}
