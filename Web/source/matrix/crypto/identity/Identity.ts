import type { Observable } from "../../base/observable"
import type { BackupState, DeviceInfo, EncryptionSetup, Trust, Verification } from "../../contract/encryption"
import type { UserID } from "../../contract/events"
import type { Channel } from "../../contract/platform"
import type { EncryptionContext } from "../machine/EncryptionContext"
import { randomBytes } from "../primitives/bytes"
import { type Decrypt, RoomMessages } from "../verification/RoomMessages"
import { VerificationDesk } from "../verification/VerificationDesk"
import { VerificationType } from "../verification/VerificationType"
import { AccountData } from "./AccountData"
import { KeyBackup } from "./backup/KeyBackup"
import { BACKUP_PREFERENCE, crossSigningNames, isDehydrated, SecretName } from "./crossSigning"
import { Devices } from "./Devices"
import { EncryptionSetupError } from "./errors"
import { Facts } from "./Facts"
import { Identities } from "./Identities"
import { IdentityAuthority } from "./IdentityAuthority"
import { type Authenticate, OwnIdentity } from "./OwnIdentity"
import { SecretSharing } from "./SecretSharing"
import { DEFAULT_KEY, type OpenStorage, SecretStorage } from "./SecretStorage"
import { SetupState } from "./SetupState"

const RESUME_AGAIN = 15_000

/** Everything about who is who: the own identity with its secrets and backup, other people's, and verifications. */
export class Identity {
  private readonly facts: Facts
  private readonly own: OwnIdentity
  private readonly identities: Identities
  private readonly deviceLists: Devices
  private readonly data: AccountData
  private readonly storage: SecretStorage
  private readonly keyBackup: KeyBackup
  private readonly state: SetupState
  private readonly sharing: SecretSharing
  private readonly desk: VerificationDesk
  private readonly roomMessages: RoomMessages
  private readonly stopping = new AbortController()
  /** To the other tabs of this account. */
  private readonly tabs: Channel
  private readonly ends: (() => void)[]

  constructor(private readonly context: EncryptionContext, decrypt: Decrypt) {
    const { platform, userId, deviceId } = context
    this.tabs = platform.openChannel(`martlet:identity:${userId}`)
    this.facts = new Facts(context.database)
    this.own = new OwnIdentity(context, this.facts)
    this.identities = new Identities(context, this.own)
    this.deviceLists = new Devices(context)
    this.data = new AccountData(context, (type) => this.dataChanged(type))
    for (const type of [DEFAULT_KEY, BACKUP_PREFERENCE, ...Object.values(SecretName)]) this.data.follow(type)
    this.storage = new SecretStorage(this.data)
    this.keyBackup = new KeyBackup(context, this.own, this.facts, () => {
      // Another version has another key, which other devices may have.
      this.state.askAgain()
      void this.state.update()
    })
    this.state = new SetupState(context, this.own, this.storage, this.keyBackup, this.data, () => this.sharing)
    this.sharing = new SecretSharing(context, this.own, this.facts, { secret: (name) => this.secret(name), adopt: (name, secret) => this.adoptShared(name, secret) })
    const authority = new IdentityAuthority(context, this.own, this.identities, async () => {
      this.state.askAgain()
      await this.changed([userId])
    })
    this.desk = new VerificationDesk({
      userId, deviceId, clock: platform.clock, authority, tabs: platform.openChannel(`martlet:verification:${userId}`), random: randomBytes,
      sendToDevices: (user, devices, type, content) => context.sendToDevice(type, { [user]: Object.fromEntries(devices.map((device) => [device, content])) }),
      sendToRoom: (room, type, content) => context.host.sendRoomEvent(room, type, content),
      directRoom: (user) => context.host.directRoom(user),
      otherDevices: () => this.otherDevices(),
      log: (message, error) => platform.log("warning", message, { error: String(error) }),
    })
    this.roomMessages = new RoomMessages(context.api, platform.clock, this.desk, decrypt, (message, error) => platform.log("info", message, { error: String(error) }))
    this.ends = [
      this.tabs.subscribe(() => this.attempt("what another tab changed could not be looked at", () => this.changedElsewhere())),
      context.onDevicesChanged((userIds) => this.attempt("changed keys could not be looked at", () => this.changed(userIds))),
      this.state.state.subscribe(() => this.attempt("the own identity could not be looked at", () => this.identities.changed([userId]))),
      context.onSessionsToBackUp(() => this.keyBackup.wake()),
      context.onMissingSession((room, sessionId) => this.keyBackup.fetch(room, sessionId)),
      context.onRoomVerification((room, { id, type, sender, timestamp, content }) =>
        this.attempt("a verification message could not be handled", () =>
          this.roomMessages.receive(room, { event_id: id, type, sender, origin_server_ts: timestamp, content }))),
      ...Object.values(VerificationType).map((type) => context.onToDevice(type, ({ sender, content }) =>
        this.attempt("a verification message could not be handled", () => this.desk.receiveToDevice(sender, type, content)))),
    ]
  }

  get setup(): Observable<EncryptionSetup> {
    return this.state.state
  }

  get backup(): Observable<BackupState> {
    return this.keyBackup.state
  }

  get verifications(): Observable<readonly Verification[]> {
    return this.desk.verifications
  }

  /** Begins to look; called once the account's data may be there. */
  start() {
    void this.state.update()
    this.attempt("the key backup could not be looked at", async () => {
      for (let isDone = false; !isDone; ) isDone = await this.resume()
    })
  }

  async stop(): Promise<void> {
    this.stopping.abort(new Error("stopped"))
    for (const end of this.ends) end()
    this.tabs.close()
    this.sharing.stop()
    this.roomMessages.stop()
    this.desk.stop()
    this.keyBackup.stop()
    this.data.stop()
    this.state.stop()
  }

  /** Makes what is missing, and a new recovery key for all of it. */
  bootstrap(options: { passphrase?: string; authenticate: Authenticate }): Promise<{ recoveryKey: string }> {
    return this.exclusively(async () => {
      await this.own.refresh()
      if ((await this.own.masterKey()) === undefined) await this.own.create(options.authenticate)
      else if (!(await this.own.isTrusted()) || (await this.own.missing()).length > 0) throw new EncryptionSetupError("needs-verification")
      else if ((await this.own.ownDevice())?.isSigned !== true) await this.own.signOwnDevice()
      return this.makeRecovery(options.passphrase, false)
    })
  }

  /** Opens secret storage: takes the identity and the backup from it, signs this device, and begins to restore. */
  recover(secret: string): Promise<void> {
    return this.exclusively(async () => {
      const opened = await this.storage.open(secret)
      await this.own.refresh()
      const masterKey = await this.own.masterKey()
      if (masterKey !== undefined) await this.recoverIdentity(opened)
      await this.recoverBackup(opened)
      await this.changed([this.context.userId])
    })
  }

  /** Gives up all secrets and begins anew. */
  reset(options: { authenticate: Authenticate }): Promise<{ recoveryKey: string }> {
    return this.exclusively(async () => {
      await this.own.create(options.authenticate)
      return this.makeRecovery(undefined, true)
    })
  }

  devices(userId: UserID): Observable<readonly DeviceInfo[]> {
    return this.deviceLists.of(userId)
  }

  trust(userId: UserID): Observable<Trust> {
    return this.identities.trust(userId)
  }

  /** How much a person is trusted by what is stored: to be asked before something is sent. */
  trustOf(userId: UserID): Promise<Trust> {
    return this.identities.trustOf(userId)
  }

  acknowledgeChange(userId: UserID): Promise<void> {
    return this.identities.acknowledgeChange(userId)
  }

  verifyOwnDevice(deviceId?: string): Promise<Verification> {
    return this.desk.verifyOwnDevice(deviceId)
  }

  async verifyUser(userId: UserID): Promise<Verification> {
    const verification = await this.desk.verifyUser(userId)
    this.roomMessages.follow(await this.context.host.directRoom(userId))
    return verification
  }

  /** Goes on with what was interrupted; false where it has to be tried again. */
  private async resume(): Promise<boolean> {
    try {
      await this.keyBackup.checkAgain()
      await this.keyBackup.resume()
      return true
    } catch (error) {
      this.context.platform.log("info", "the key backup could not be looked at, trying again", { error: String(error) })
    }
    return this.context.platform.clock.sleep(RESUME_AGAIN, this.stopping.signal).then(() => false, () => true)
  }

  private dataChanged(type: string) {
    if (type === SecretName.backup) this.attempt("the key backup could not be looked at", () => this.keyBackup.check().then(() => undefined))
    void this.state.update()
  }

  private async makeRecovery(passphrase: string | undefined, isNewBackup: boolean): Promise<{ recoveryKey: string }> {
    const isWanted = (await this.data.get(BACKUP_PREFERENCE))?.["enabled"] !== false
    await this.keyBackup.check()
    if (isWanted && (isNewBackup || (await this.keyBackup.key()) === undefined)) {
      await this.keyBackup.create()
      await this.data.set(BACKUP_PREFERENCE, { enabled: true })
    }
    const secrets: Record<string, string> = {}
    for (const name of Object.values(SecretName)) {
      const secret = await this.secret(name)
      if (secret !== undefined) secrets[name] = secret
    }
    const { recoveryKey } = await this.storage.create(secrets, passphrase)
    await this.changed([this.context.userId])
    return { recoveryKey }
  }

  private async recoverIdentity(opened: OpenStorage) {
    // The master key proves that this storage belongs to the identity that the server shows.
    const master = await this.storage.read(opened, SecretName.master)
    if (master === undefined && (await this.storage.has(SecretName.master))) throw new EncryptionSetupError("wrong-key")
    if (master === undefined || !(await this.own.adopt("master", master))) throw new EncryptionSetupError("outdated")
    const masterKey = await this.own.masterKey()
    if (masterKey !== undefined) await this.own.trust(masterKey)
    for (const name of crossSigningNames) {
      const secret = await this.storage.read(opened, SecretName[name])
      if (secret !== undefined) await this.own.adopt(name, secret)
    }
    await this.own.signOwnDevice()
  }

  private async recoverBackup(opened: OpenStorage) {
    const secret = await this.storage.read(opened, SecretName.backup)
    if (secret !== undefined && (await this.keyBackup.adopt(secret))) {
      this.attempt("keys could not be restored", () => this.keyBackup.restore())
      return
    }
    const isWanted = (await this.data.get(BACKUP_PREFERENCE))?.["enabled"] !== false
    if (!isWanted || this.keyBackup.state.get().version !== undefined) return
    await this.keyBackup.create()
    const made = await this.keyBackup.key()
    if (made !== undefined) await this.storage.store(opened, SecretName.backup, made.secret)
  }

  private async secret(name: string): Promise<string | undefined> {
    if (name === SecretName.backup) return (await this.keyBackup.key())?.secret
    const crossSigning = crossSigningNames.find((one) => SecretName[one] === name)
    return crossSigning === undefined ? undefined : this.own.secret(crossSigning)
  }

  private async adoptShared(name: string, secret: string): Promise<boolean> {
    const crossSigning = crossSigningNames.find((one) => SecretName[one] === name)
    if (crossSigning !== undefined) {
      const isAdopted = await this.own.adopt(crossSigning, secret)
      if (isAdopted) {
        this.tabs.post("changed")
        void this.state.update()
      }
      return isAdopted
    }
    if (name !== SecretName.backup || !(await this.keyBackup.adopt(secret))) return false
    this.tabs.post("changed")
    this.attempt("keys could not be restored", () => this.keyBackup.restore())
    return true
  }

  private async otherDevices(): Promise<readonly string[]> {
    await this.own.refresh()
    const devices = (await this.context.devicesOf(this.context.userId)).filter((device) => device.deviceId !== this.context.deviceId && !isDehydrated(device.keys))
    const signed = devices.filter((device) => device.isSigned)
    if (devices.length === 0) throw new EncryptionSetupError("no-other-device")
    return (signed.length > 0 ? signed : devices).map((device) => device.deviceId)
  }

  private async changedElsewhere() {
    await this.keyBackup.check()
    await this.changed([this.context.userId])
  }

  private async changed(userIds: readonly UserID[]) {
    await this.deviceLists.changed(userIds)
    await this.identities.changed(userIds)
    if (!userIds.includes(this.context.userId)) return
    await this.sharing.retry()
    await this.state.update()
  }

  /** One tab at a time sets things up. */
  private exclusively<R>(work: () => Promise<R>): Promise<R> {
    return this.context.platform.locks.run(`martlet:identity:${this.context.userId}`, async () => {
      try {
        return await this.state.hold(work)
      } finally {
        this.tabs.post("changed")
      }
    })
  }

  private attempt(what: string, work: () => Promise<void>) {
    work().catch((error) => this.context.platform.log("warning", what, { error: error instanceof Error ? error.stack ?? error.message : String(error) }))
  }
}
