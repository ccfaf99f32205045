import { KeyedObservable } from "../../base/KeyedObservable"
import type { Observable } from "../../base/observable"
import type { Trust } from "../../contract/encryption"
import type { UserID } from "../../contract/events"
import type { EncryptionContext } from "../machine/EncryptionContext"
import { verifyJSON } from "../primitives/signedJSON"
import { publicKeyOf } from "./crossSigning"
import type { OwnIdentity } from "./OwnIdentity"
import type { IdentityRecord } from "./stores"

const STORE = "identities"

/** How much people are trusted: their first master key is remembered, and a change of it is pointed out. */
export class Identities {
  private readonly known = new Map<UserID, Trust>()
  private readonly loading = new Set<UserID>()
  private readonly observables: KeyedObservable<UserID, Trust>

  constructor(private readonly context: EncryptionContext, private readonly own: OwnIdentity) {
    this.observables = new KeyedObservable((userId) => this.look(userId), (userId) => this.watched(userId))
  }

  trust(userId: UserID): Observable<Trust> {
    return this.observables.of(userId)
  }

  /** The same, from what is stored, for what has to know it before it goes on. */
  async trustOf(userId: UserID): Promise<Trust> {
    if (!this.known.has(userId)) await this.update(userId)
    return this.known.get(userId) ?? "none"
  }

  /** Looks at people's keys again, all that are known where the own identity changed. */
  async changed(userIds: readonly UserID[]): Promise<void> {
    const affected = userIds.includes(this.context.userId) ? new Set([...userIds, ...this.known.keys()]) : userIds
    for (const userId of affected) await this.update(userId)
  }

  async acknowledgeChange(userId: UserID): Promise<void> {
    const master = publicKeyOf((await this.context.crossSigningKeysOf(userId))?.master)
    if (master === undefined) return
    await this.write({ userId, pinned: master })
    await this.update(userId)
  }

  /** A person's master key was verified: signs it, and remembers it where this device cannot sign. */
  async verified(userId: UserID, masterKey: string): Promise<void> {
    const master = (await this.context.crossSigningKeysOf(userId))?.master
    if (master === undefined || publicKeyOf(master) !== masterKey) return
    await this.write({ userId, pinned: masterKey, verified: masterKey })
    await this.own.signUser(userId, master)
    await this.update(userId)
  }

  private look(userId: UserID): Trust {
    const known = this.known.get(userId)
    if (known === undefined && !this.loading.has(userId)) {
      this.loading.add(userId)
      this.update(userId)
        .catch((error) => this.context.platform.log("warning", "a person's identity could not be looked at", { userId, error: String(error) }))
        .finally(() => this.loading.delete(userId))
    }
    return known ?? "none"
  }

  /** Somebody wants to see it: of people who share no encrypted room, keys have to be asked for. */
  private watched(userId: UserID) {
    this.context.crossSigningKeysOf(userId)
      .then(async (keys) => { if (keys === undefined) await this.context.devicesOf(userId) })
      .then(() => this.update(userId))
      .catch((error) => this.context.platform.log("info", "a person's keys could not be asked for", { userId, error: String(error) }))
  }

  private async update(userId: UserID) {
    const trust = await this.compute(userId)
    if (this.known.get(userId) === trust) return
    this.known.set(userId, trust)
    this.observables.changed(userId)
  }

  private async compute(userId: UserID): Promise<Trust> {
    const master = (await this.context.crossSigningKeysOf(userId))?.master
    const masterKey = publicKeyOf(master)
    if (master === undefined || masterKey === undefined) return "none"
    if (userId === this.context.userId) return (await this.own.isTrusted()) ? "verified" : "unverified"
    const record = await this.read(userId)
    if (record === undefined) await this.write({ userId, pinned: masterKey })
    const userSigning = (await this.own.isTrusted()) ? publicKeyOf((await this.own.publicKeys())?.userSigning) : undefined
    const isSigned = userSigning !== undefined && (await verifyJSON(master, this.context.userId, `ed25519:${userSigning}`, userSigning))
    if (isSigned || record?.verified === masterKey) {
      // Verified on another device: from now on this key is the one that a change is a change from.
      if (record?.verified !== masterKey || record.pinned !== masterKey) await this.write({ userId, pinned: masterKey, verified: masterKey })
      return "verified"
    }
    return record === undefined || record.pinned === masterKey ? "unverified" : "changed"
  }

  private read(userId: UserID): Promise<IdentityRecord | undefined> {
    return this.context.database.transaction([STORE], "read", (transaction) => transaction.get<IdentityRecord>(STORE, userId))
  }

  private write(record: IdentityRecord): Promise<void> {
    return this.context.database.transaction([STORE], "write", async (transaction) => transaction.put(STORE, record))
  }
}
