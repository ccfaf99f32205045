import { flatten } from "../base/flatten"
import { derived, Value, when } from "../base/observable"
import type { Observable } from "../base/observable"
import type { JSONObject } from "../base/read"
import type { Encryption, EncryptionSync } from "../contract/encryption"
import type { MatrixEvent } from "../contract/events"
import { noEncryption } from "./NoEncryption"

/** The encryption of a session from its first moment on: what is asked of it waits until it is open. */
export class EncryptionGate implements Encryption {
  private readonly inner = new Value<Encryption | undefined>(undefined)
  private readonly keyListeners = new Set<(room: string, sessionId: string) => void>()
  private endKeys: (() => void) | undefined

  readonly setup = this.through((inner) => inner.setup)
  readonly backup = this.through((inner) => inner.backup)
  readonly verifications = this.through((inner) => inner.verifications)

  /** From now on this is what encrypts. */
  open(encryption: Encryption) {
    this.endKeys = encryption.onKeys((room, sessionId) => {
      for (const listener of [...this.keyListeners]) listener(room, sessionId)
    })
    this.inner.set(encryption)
  }

  get isOpen(): boolean {
    return this.inner.get() !== undefined
  }

  private async opened(): Promise<Encryption> {
    return this.inner.get() ?? (await when(this.inner, (value) => value !== undefined)) ?? noEncryption
  }

  private through<T>(part: (inner: Encryption) => Observable<T>): Observable<T> {
    return flatten(derived([this.inner], () => part(this.inner.get() ?? noEncryption)))
  }

  async bootstrap(options: Parameters<Encryption["bootstrap"]>[0]) {
    return (await this.opened()).bootstrap(options)
  }

  async recover(secret: string) {
    return (await this.opened()).recover(secret)
  }

  async reset(options: Parameters<Encryption["reset"]>[0]) {
    return (await this.opened()).reset(options)
  }

  private readonly deviceLists = new Map<string, ReturnType<Encryption["devices"]>>()
  private readonly trusts = new Map<string, ReturnType<Encryption["trust"]>>()

  devices(userId: string) {
    let list = this.deviceLists.get(userId)
    if (list === undefined) this.deviceLists.set(userId, (list = this.through((inner) => inner.devices(userId))))
    return list
  }

  trust(userId: string) {
    let trust = this.trusts.get(userId)
    if (trust === undefined) this.trusts.set(userId, (trust = this.through((inner) => inner.trust(userId))))
    return trust
  }

  async acknowledgeChange(userId: string) {
    return (await this.opened()).acknowledgeChange(userId)
  }

  async verifyOwnDevice(deviceId?: string) {
    return (await this.opened()).verifyOwnDevice(deviceId)
  }

  async verifyUser(userId: string) {
    return (await this.opened()).verifyUser(userId)
  }

  async exportKeys(passphrase: string) {
    return (await this.opened()).exportKeys(passphrase)
  }

  async importKeys(text: string, passphrase: string) {
    return (await this.opened()).importKeys(text, passphrase)
  }

  async encrypt(room: string, type: string, content: JSONObject) {
    return (await this.opened()).encrypt(room, type, content)
  }

  async decrypt(room: string, event: MatrixEvent) {
    return (await this.opened()).decrypt(room, event)
  }

  onKeys(listener: (room: string, sessionId: string) => void) {
    this.keyListeners.add(listener)
    return () => {
      this.keyListeners.delete(listener)
    }
  }

  async receiveSync(changes: EncryptionSync) {
    return (await this.opened()).receiveSync(changes)
  }

  async flush() {
    return this.inner.get()?.flush()
  }

  roomChanged(room: string, encryption: JSONObject | undefined) {
    this.inner.get()?.roomChanged(room, encryption)
  }

  async shareHistory(room: string, userId: string) {
    return (await this.opened()).shareHistory(room, userId)
  }

  async encryptFile(blob: Blob) {
    return (await this.opened()).encryptFile(blob)
  }

  async decryptFile(blob: Blob, file: JSONObject) {
    return (await this.opened()).decryptFile(blob, file)
  }

  async stop() {
    this.endKeys?.()
    return this.inner.get()?.stop()
  }
}
