import type { JSONObject } from "../../../../source/matrix/base/read"
import type { Verification, VerificationState } from "../../../../source/matrix/contract/encryption"
import type { Channel } from "../../../../source/matrix/contract/platform"
import { toBase64 } from "../../../../source/matrix/crypto/primitives/base64"
import { randomBytes } from "../../../../source/matrix/crypto/primitives/bytes"
import type { Proof } from "../../../../source/matrix/crypto/verification/VerificationAuthority"
import { VerificationDesk } from "../../../../source/matrix/crypto/verification/VerificationDesk"

export interface Sent { readonly from: TestDevice; readonly to: string; readonly type: string; readonly content: JSONObject; readonly room: string | undefined }

/** A network of devices that verify each other, with a clock that only moves when it is told to. */
export class TestNetwork {
  readonly devices: TestDevice[] = []
  readonly sent: Sent[] = []
  now = 1_000_000_000
  /** Changes or drops (undefined) messages on their way. */
  tamper: (message: Sent) => Sent | undefined = (message) => message
  private readonly sleeping = new Set<{ readonly until: number; readonly wake: () => void }>()
  private events = 0

  device(userId: string, deviceId: string, masterKey: string | undefined, isMasterTrusted = true, tabs?: Channel): TestDevice {
    const device = new TestDevice(this, userId, deviceId, masterKey, isMasterTrusted, tabs)
    this.devices.push(device)
    return device
  }

  nextEvent(): string {
    return `$event${this.events += 1}`
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const entry = { until: this.now + milliseconds, wake: resolve }
      this.sleeping.add(entry)
      signal?.addEventListener("abort", () => { this.sleeping.delete(entry); reject(signal.reason) })
    })
  }

  async pass(milliseconds: number) {
    this.now += milliseconds
    for (const entry of [...this.sleeping]) {
      if (entry.until > this.now) continue
      this.sleeping.delete(entry)
      entry.wake()
    }
    await settle()
  }

  async deliver(message: Sent, eventId: string) {
    const changed = this.tamper(message)
    this.sent.push(message)
    if (changed === undefined) return
    const { from, to, type, content, room } = changed
    for (const device of this.devices) {
      if (room !== undefined) {
        const event = { event_id: eventId, type, sender: from.userId, origin_server_ts: this.now, content }
        follow(device.desk.receiveRoomEvent(room, event).catch((error) => device.errors.push(error)))
      } else if (`${device.userId}/${device.deviceId}` === to) {
        follow(device.desk.receiveToDevice(from.userId, type, content).catch((error) => device.errors.push(error)))
      }
    }
  }
}

/** A device with a desk, and what was proved to it. */
export class TestDevice {
  readonly deviceKey = toBase64(randomBytes(32))
  readonly proofs: Proof[] = []
  readonly errors: unknown[] = []
  readonly desk: VerificationDesk

  constructor(
    private readonly network: TestNetwork, readonly userId: string, readonly deviceId: string, readonly masterKey: string | undefined, readonly isMasterTrusted: boolean,
    tabs: Channel = silent,
  ) {
    this.desk = new VerificationDesk({
      userId, deviceId, tabs,
      clock: { now: () => network.now, sleep: (milliseconds, signal) => network.sleep(milliseconds, signal) },
      authority: {
        own: async () => ({ userId, deviceId, deviceKey: this.deviceKey, masterKey, isMasterTrusted }),
        party: async (user, device) => network.devices.find((one) => one.userId === user && one.deviceId === device),
        accept: async (proof) => { this.proofs.push(proof) },
      },
      random: randomBytes,
      sendToDevices: async (user, devices, type, content) => {
        for (const device of devices) await network.deliver({ from: this, to: `${user}/${device}`, type, content: structuredClone(content), room: undefined }, "")
      },
      sendToRoom: async (room, type, content) => {
        const id = network.nextEvent()
        await network.deliver({ from: this, to: room, type, content: structuredClone(content), room }, id)
        return id
      },
      directRoom: async (other) => `!direct-with-${other}`,
      otherDevices: async () => network.devices.filter((one) => one.userId === userId && one !== this).map((one) => one.deviceId),
      log: (_message, error) => this.errors.push(error),
    })
  }

  get verifications(): readonly Verification[] {
    return this.desk.verifications.get()
  }

  /** The verification that is going on. */
  get current(): Verification {
    const last = this.verifications[this.verifications.length - 1]
    if (last === undefined) throw new Error(`${this.deviceId} has no verification`)
    return last
  }
}

/** Channels between tabs: what one posts, all others hear. */
export function tabChannels(count: number): Channel[] {
  const listeners: ((message: unknown) => void)[][] = Array.from({ length: count }, () => [])
  return listeners.map((own) => ({
    post: (message) => listeners.filter((one) => one !== own).flat().forEach((listener) => listener(structuredClone(message))),
    subscribe: (listener) => { own.push(listener); return () => undefined },
    close: () => own.splice(0),
  }))
}

const silent: Channel = { post: () => undefined, subscribe: () => () => undefined, close: () => undefined }

let underway = 0

function follow(work: Promise<unknown>) {
  underway += 1
  void work.finally(() => { underway -= 1 })
}

/** Lets everything happen that needs no time of the clock: until no device is at work any more. */
export async function settle() {
  for (let quiet = 0; quiet < 10; quiet += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1))
    if (underway > 0) quiet = 0
  }
}

/** The state, which must be of that kind. */
export function stateOf<K extends VerificationState["kind"]>(verification: Verification, kind: K): Extract<VerificationState, { kind: K }> {
  const state = verification.state.get()
  if (state.kind !== kind) throw new Error(`is ${JSON.stringify(state)}, not ${kind}`)
  return state as Extract<VerificationState, { kind: K }>
}
