import { type Observable, Value } from "../../base/observable"
import type { EncryptionSetup } from "../../contract/encryption"
import type { EncryptionContext } from "../machine/EncryptionContext"
import type { AccountData } from "./AccountData"
import type { KeyBackup } from "./backup/KeyBackup"
import { BACKUP_PREFERENCE, isDehydrated, publicKeyOf, SecretName } from "./crossSigning"
import type { OwnIdentity } from "./OwnIdentity"
import type { SecretSharing } from "./SecretSharing"
import type { SecretStorage } from "./SecretStorage"

const RETRY = 10_000
/** So long other devices have to answer before anything is said to be missing. */
const GRACE = 15_000

/** Where the account stands, and what can be put right without anybody being asked. */
export class SetupState {
  private readonly value = new Value<EncryptionSetup>({ kind: "unknown" }, isSame)
  private readonly stopping = new AbortController()
  private running: Promise<void> | undefined
  private isStale = false
  private held = 0
  private asksSince: number | undefined

  constructor(
    private readonly context: EncryptionContext, private readonly own: OwnIdentity, private readonly storage: SecretStorage, private readonly backup: KeyBackup,
    private readonly data: AccountData, private readonly sharing: () => SecretSharing,
  ) {}

  get state(): Observable<EncryptionSetup> {
    return this.value
  }

  stop() {
    this.stopping.abort(new Error("stopped"))
  }

  /** Runs work that changes many things; nothing in between is told. */
  async hold<R>(work: () => Promise<R>): Promise<R> {
    this.held += 1
    try {
      return await work()
    } finally {
      this.held -= 1
      await this.update()
    }
  }

  /** Something changed; looks again, once for all changes until then. */
  async update(): Promise<void> {
    this.isStale = true
    if (this.held > 0) return
    this.running ??= this.run().finally(() => {
      this.running = undefined
      // What changed just as it ended.
      if (this.isStale && !this.stopping.signal.aborted) void this.update()
    })
    await this.running
  }

  /** Asks other devices anew, such as after one of them was verified. */
  askAgain() {
    this.asksSince = undefined
  }

  private async run() {
    while (this.isStale && this.held === 0 && !this.stopping.signal.aborted) {
      this.isStale = false
      try {
        const next = await this.compute()
        // What began meanwhile will tell its outcome.
        if (this.held === 0) this.value.set(next)
      } catch (error) {
        this.context.platform.log("info", "the state of encryption cannot be told yet", { error: String(error) })
        this.later(RETRY)
      }
    }
  }

  private later(milliseconds: number) {
    this.context.platform.clock.sleep(milliseconds, this.stopping.signal).then(() => this.update(), () => undefined)
  }

  private async compute(): Promise<EncryptionSetup> {
    const { userId, deviceId } = this.context
    const devices = await this.context.devicesOf(userId)
    const keys = await this.own.publicKeys()
    if (publicKeyOf(keys?.master) === undefined) {
      // Old clients made backups without an identity: what is in there is not to be lost.
      const hasOldBackup = (await this.storage.has(SecretName.backup)) && (await this.backup.checkAgain()).version !== undefined
      return hasOldBackup && (await this.backup.key()) === undefined ? { kind: "needs-verification", canRecover: true, otherDevices: 0 } : { kind: "fresh" }
    }
    // A device that holds the private master key needs nobody to tell it that the key is right.
    const master = await this.own.privateKey("master")
    if (master !== undefined && !(await this.own.isTrusted())) await this.own.trust(master.text)
    const isTrusted = await this.own.isTrusted()
    const ownDevice = devices.find((device) => device.deviceId === deviceId)
    let isSigned = ownDevice?.isSigned === true
    if (ownDevice === undefined) {
      // Its keys are on their way to the server.
      this.later(RETRY)
      return { kind: "unknown" }
    }
    if (isTrusted && !isSigned && (await this.own.privateKey("selfSigning")) !== undefined) {
      await this.own.signOwnDevice()
      isSigned = (await this.own.ownDevice())?.isSigned === true
    }
    const others = devices.filter((device) => device.isSigned && device.deviceId !== deviceId && !isDehydrated(device.keys)).length
    if (!isTrusted || !isSigned) {
      return { kind: "needs-verification", canRecover: await this.storage.has(SecretName.master), otherDevices: others }
    }
    const missing = await this.missing()
    if (missing.length === 0) return { kind: "ready" }
    return this.isAsking(missing, others) ? { kind: "unknown" } : { kind: "incomplete", missing }
  }

  private async missing(): Promise<("cross-signing" | "backup" | "recovery")[]> {
    const missing: ("cross-signing" | "backup" | "recovery")[] = []
    if ((await this.own.missing()).length > 0) missing.push("cross-signing")
    const backup = await this.backup.checkAgain()
    const isWanted = (await this.data.get(BACKUP_PREFERENCE))?.["enabled"] !== false
    if (isWanted && (!backup.isEnabled || (await this.backup.key()) === undefined)) missing.push("backup")
    const names = [SecretName.master, SecretName.selfSigning, SecretName.userSigning, ...(backup.isEnabled ? [SecretName.backup] : [])]
    for (const name of names) {
      if (await this.storage.has(name)) continue
      missing.push("recovery")
      break
    }
    return missing
  }

  /** Other devices are asked first, once; whether their answers are still being waited for. */
  private isAsking(missing: readonly string[], others: number): boolean {
    const canBeSent = missing.includes("cross-signing") || missing.includes("backup")
    if (!canBeSent || others === 0) return false
    const now = this.context.platform.clock.now()
    if (this.asksSince === undefined) {
      this.asksSince = now
      this.ask().catch((error) => this.context.platform.log("info", "other devices could not be asked for secrets", { error: String(error) }))
      this.later(GRACE)
    }
    return now - this.asksSince < GRACE
  }

  private async ask() {
    const names: string[] = (await this.own.missing()).map((name) => SecretName[name])
    if ((await this.backup.key()) === undefined) names.push(SecretName.backup)
    await this.sharing().request(names)
  }
}

function isSame(a: EncryptionSetup, b: EncryptionSetup): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
