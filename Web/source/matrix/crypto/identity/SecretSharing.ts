import { asArray, asNumber, asString, asStrings, type JSONObject } from "../../base/read"
import type { EncryptionContext, KnownDevice, ToDeviceEvent } from "../machine/EncryptionContext"
import { toBase64 } from "../primitives/base64"
import { randomBytes } from "../primitives/bytes"
import { SecretName } from "./crossSigning"
import type { Facts } from "./Facts"
import type { OwnIdentity } from "./OwnIdentity"

const REQUEST = "m.secret.request"
const SEND = "m.secret.send"
const PENDING = "secret-request:"
const EXPIRY = 24 * 3_600_000
/** A request of a device that is being verified just now is answered when that is done. */
const PATIENCE = 10 * 60_000
const known: readonly string[] = Object.values(SecretName)

/** What gives secrets out and takes them in. */
export interface SecretKeeper {
  secret(name: string): Promise<string | undefined>
  /** False where it is not the secret that it is said to be. */
  adopt(name: string, secret: string): Promise<boolean>
}

interface Pending { readonly name: string; readonly time: number; readonly devices: readonly string[] }
interface Question { readonly id: string; readonly name: string; readonly deviceId: string; readonly time: number }

/** Secrets between the account's own verified devices. */
export class SecretSharing {
  private waiting: Question[] = []
  private readonly ends: (() => void)[]

  constructor(
    private readonly context: EncryptionContext, private readonly own: OwnIdentity, private readonly facts: Facts, private readonly keeper: SecretKeeper,
  ) {
    this.ends = [
      // Answering takes requests of its own; what waits to be handled is not held up by it.
      context.onToDevice(REQUEST, (event) => { this.attempt(() => this.receiveRequest(event)) }),
      context.onToDevice(SEND, (event) => this.receiveSecret(event)),
    ]
  }

  /** Asks all other verified devices of the account. */
  async request(names: readonly string[]): Promise<void> {
    const devices = (await this.verifiedDevices()).map((device) => device.deviceId)
    if (devices.length === 0 || names.length === 0) return
    const now = this.context.platform.clock.now()
    await this.forget((pending) => now - pending.time > EXPIRY)
    for (const name of names) {
      const id = toBase64(randomBytes(18))
      await this.facts.set(PENDING + id, JSON.stringify({ name, devices, time: now }))
      await this.send(devices, { action: "request", name, request_id: id, requesting_device_id: this.context.deviceId })
    }
  }

  /** Own devices changed: one that asked may be verified now. */
  async retry(): Promise<void> {
    const now = this.context.platform.clock.now()
    const questions = this.waiting.filter((question) => now - question.time < PATIENCE)
    this.waiting = []
    for (const question of questions) await this.answer(question)
  }

  stop() {
    for (const end of this.ends) end()
  }

  private async receiveRequest({ sender, content }: ToDeviceEvent) {
    const id = asString(content["request_id"])
    const deviceId = asString(content["requesting_device_id"])
    if (sender !== this.context.userId || id === undefined || deviceId === undefined || deviceId === this.context.deviceId) return
    this.waiting = this.waiting.filter((question) => question.id !== id || question.deviceId !== deviceId)
    const name = asString(content["name"])
    if (content["action"] !== "request" || name === undefined || !known.includes(name)) return
    await this.answer({ id, name, deviceId, time: this.context.platform.clock.now() })
  }

  private async answer(question: Question) {
    const device = (await this.verifiedDevices()).find((one) => one.deviceId === question.deviceId)
    if (device === undefined) {
      if (this.waiting.length < 100) this.waiting.push(question)
      return
    }
    const secret = await this.keeper.secret(question.name)
    if (secret === undefined) return
    await this.context.sendEncryptedToDevice([device], SEND, { request_id: question.id, secret, name: question.name })
  }

  private async receiveSecret({ sender, content, wasEncrypted, senderDevice }: ToDeviceEvent) {
    const id = asString(content["request_id"])
    const secret = asString(content["secret"])
    if (!wasEncrypted || sender !== this.context.userId || senderDevice === undefined || id === undefined || secret === undefined) return
    const pending = readPending(await this.facts.get(PENDING + id))
    if (pending === undefined || !pending.devices.includes(senderDevice.deviceId)) return
    if (!senderDevice.isSigned || !(await this.own.isTrusted())) return
    this.attempt(async () => {
      if (!(await this.keeper.adopt(pending.name, secret))) return
      await this.forget((one) => one.name === pending.name)
      const others = pending.devices.filter((device) => device !== senderDevice.deviceId)
      await this.send(others, { action: "request_cancellation", request_id: id, requesting_device_id: this.context.deviceId })
    })
  }

  private async forget(isOver: (pending: Pending) => boolean) {
    for (const fact of await this.facts.list(PENDING)) {
      const pending = readPending(fact.value)
      if (pending === undefined || isOver(pending)) await this.facts.set(fact.key, undefined)
    }
  }

  private async verifiedDevices(): Promise<readonly KnownDevice[]> {
    if (!(await this.own.isTrusted())) return []
    const { userId, deviceId } = this.context
    return (await this.context.devicesOf(userId)).filter((device) => device.isSigned && device.deviceId !== deviceId)
  }

  private async send(devices: readonly string[], content: JSONObject) {
    if (devices.length === 0) return
    await this.context.sendToDevice(REQUEST, { [this.context.userId]: Object.fromEntries(devices.map((device) => [device, content])) })
  }

  private attempt(work: () => Promise<void>) {
    work().catch((error) => this.context.platform.log("warning", "a secret could not be shared", { error: String(error) }))
  }
}

function readPending(text: string | undefined): Pending | undefined {
  if (text === undefined) return undefined
  const value = JSON.parse(text) as JSONObject
  const name = asString(value["name"])
  const time = asNumber(value["time"])
  return name === undefined || time === undefined ? undefined : { name, time, devices: asStrings(asArray(value["devices"])) }
}
