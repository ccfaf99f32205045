import { type Observable, Value } from "../../../base/observable"
import { asString, type JSONObject } from "../../../base/read"
import type { BackupState } from "../../../contract/encryption"
import type { EncryptionContext } from "../../machine/EncryptionContext"
import { toBase64 } from "../../primitives/base64"
import { BACKUP_ALGORITHM, BackupKey } from "../BackupKey"
import { SecretName } from "../crossSigning"
import type { Facts } from "../Facts"
import type { OwnIdentity } from "../OwnIdentity"
import { BackupRestore } from "./BackupRestore"
import { BackupUpload } from "./BackupUpload"
import { type BackupVersion, currentVersion, isVouchedFor, VERSION_PATH } from "./BackupVersion"

const LAST_VERSION = "backup-version"
const RESTORING = "backup-restoring"
/** A backup that works is not asked about; the server refuses keys for one that was replaced. */
const CHECK_AGAIN = 6 * 3_600_000
const CHECK_MISSING = 5_000

/** The backup of room keys on the server: which version is trusted, what goes into it and comes out of it. */
export class KeyBackup {
  private readonly value = new Value<BackupState>({ isEnabled: false, version: undefined, waiting: 0, restore: undefined })
  private readonly upload: BackupUpload
  private readonly restoring: BackupRestore
  /** The newest version, whether trusted or not. */
  private current: BackupVersion | undefined
  private checked = 0

  constructor(
    private readonly context: EncryptionContext, private readonly own: OwnIdentity, private readonly facts: Facts, private readonly changed: () => void,
  ) {
    this.upload = new BackupUpload(context, {
      version: () => (this.value.get().isEnabled ? this.current : undefined),
      waiting: (waiting) => this.value.update((state) => (state.waiting === waiting ? state : { ...state, waiting })),
      replaced: () => this.check().then(() => undefined),
    })
    this.restoring = new BackupRestore(context, async () => {
      const key = await this.key()
      return key === undefined || this.current === undefined ? undefined : { key, version: this.current.version }
    }, (restore) => this.value.update((state) => ({ ...state, restore })))
  }

  get state(): Observable<BackupState> {
    return this.value
  }

  /** The private key of the newest version, where this device holds it. */
  async key(): Promise<BackupKey | undefined> {
    const bytes = await this.context.readSecret(SecretName.backup)
    const key = bytes === undefined ? undefined : await BackupKey.fromSecret(toBase64(bytes))
    return key !== undefined && key.publicKey === this.current?.publicKey ? key : undefined
  }

  /** Asks the server for the newest version, and decides whether to trust it. */
  async check(): Promise<BackupState> {
    this.current = await currentVersion(this.context)
    this.checked = this.context.platform.clock.now()
    const { current } = this
    const isTrusted = current !== undefined && ((await this.key()) !== undefined || (await isVouchedFor(this.context, this.own, current)))
    if (current !== undefined && isTrusted && (await this.facts.get(LAST_VERSION)) !== current.version) {
      // What is in another version is not in this one.
      await this.context.markAllForBackup()
      await this.facts.set(LAST_VERSION, current.version)
    }
    const before = this.value.get()
    if (before.isEnabled !== isTrusted || before.version !== current?.version) {
      this.value.update((state) => ({ ...state, isEnabled: isTrusted, version: current?.version }))
      this.changed()
    }
    if (isTrusted) this.upload.wake()
    return this.value.get()
  }

  /** As `check`, but only where that was not done for a while: sooner, where there is something to be put right. */
  async checkAgain(): Promise<BackupState> {
    const isUsable = this.value.get().isEnabled && (await this.key()) !== undefined
    const age = this.context.platform.clock.now() - this.checked
    return this.checked === 0 || age > (isUsable ? CHECK_AGAIN : CHECK_MISSING) ? this.check() : this.value.get()
  }

  /** Makes a new version, signed by the identity and this device. */
  async create(): Promise<void> {
    const key = await BackupKey.generate()
    const authData = await this.own.signWithMaster(await this.context.sign({ public_key: key.publicKey }))
    // Stored first: a version whose key was lost would be no use to anybody.
    await this.context.storeSecret(SecretName.backup, key.bytes)
    const answer: JSONObject = await this.context.api.post(VERSION_PATH, { algorithm: BACKUP_ALGORITHM, auth_data: authData })
    this.context.platform.log("info", "made a key backup", { version: asString(answer["version"]) })
    await this.check()
  }

  /** Takes the private key from secret storage or another device; false where it is not that of the newest version. */
  async adopt(secret: string): Promise<boolean> {
    const key = await BackupKey.fromSecret(secret)
    await this.check()
    if (key === undefined || key.publicKey !== this.current?.publicKey) return false
    await this.context.storeSecret(SecretName.backup, key.bytes)
    await this.check()
    this.changed()
    return true
  }

  /** Fetches all keys; goes on after a restart. */
  async restore(): Promise<void> {
    if (this.current === undefined) return
    await this.facts.set(RESTORING, this.current.version)
    await this.restoring.all()
    await this.facts.set(RESTORING, undefined)
  }

  async resume(): Promise<void> {
    const version = await this.facts.get(RESTORING)
    if (version === undefined) return
    if (version === this.current?.version) await this.restore()
    else await this.facts.set(RESTORING, undefined)
  }

  /** Looks for the key of one session. */
  fetch(room: string, sessionId: string) {
    this.restoring.one(room, sessionId)
  }

  /** Sessions came that wait. */
  wake() {
    this.upload.wake()
  }

  stop() {
    this.upload.stop()
    this.restoring.stop()
  }
}
