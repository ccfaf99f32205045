import { Value } from "../../base/observable"
import { asString, asStrings, type JSONObject } from "../../base/read"
import type { Verification, VerificationState } from "../../contract/encryption"
import type { UserID } from "../../contract/events"
import { type CancelCode, CancelReason, VerificationFailure } from "./codes"
import { QRExchange } from "./QRExchange"
import { type ComparisonHost, SASComparison } from "./SASComparison"
import type { PartyKeys, Proof, VerificationAuthority } from "./VerificationAuthority"
import type { VerificationChannel } from "./VerificationChannel"
import { ownMethods, VerificationMethod, VerificationType } from "./VerificationType"

/** What begins a verification. */
export interface RunOptions {
  readonly channel: VerificationChannel
  readonly authority: VerificationAuthority
  readonly ownUser: UserID
  readonly ownDevice: string
  readonly otherUser: UserID
  readonly startedByMe: boolean
  /** Devices that the request went to; one where it was chosen or came from there. */
  readonly devices: readonly string[]
  /** The other side's methods, where its request told them. */
  readonly methods?: readonly string[]
  readonly onEnd: (run: VerificationRun) => void
  /** This tab takes the request. */
  readonly onTaken: (run: VerificationRun) => void
  readonly random: (length: number) => Uint8Array
}

/** One verification, from its request to its end. */
export class VerificationRun implements Verification {
  readonly state = new Value<VerificationState>({ kind: "requested" })
  readonly otherUser: UserID
  readonly isOwnUser: boolean
  readonly startedByMe: boolean
  private device: string | undefined
  private methods: readonly string[]
  private own: (PartyKeys & { readonly isMasterTrusted: boolean }) | undefined
  private their: PartyKeys | undefined
  private comparison: SASComparison | undefined
  private codes: QRExchange | undefined
  /** An offer that came without a request, until the person takes it. */
  private early: JSONObject | undefined
  private isReady = false
  /** Messages are handled one after the other. */
  private queue: Promise<void> = Promise.resolve()

  constructor(private readonly options: RunOptions) {
    this.otherUser = options.otherUser
    this.isOwnUser = options.otherUser === options.ownUser
    this.startedByMe = options.startedByMe
    this.methods = options.methods ?? []
    this.device = options.devices.length === 1 ? options.devices[0] : undefined
  }

  get id(): string {
    return this.options.channel.id
  }

  get otherDevice(): string | undefined {
    return this.device
  }

  get isOver(): boolean {
    const kind = this.state.get().kind
    return kind === "done" || kind === "cancelled"
  }

  /** Whether the request still waits for somebody to take it. */
  get isRequested(): boolean {
    return this.state.get().kind === "requested"
  }

  accept(): Promise<void> {
    return this.run(async () => {
      if (this.startedByMe || this.isReady || this.isOver) return
      this.options.onTaken(this)
      await this.learnKeys()
      this.isReady = true
      if (this.early !== undefined) return this.take(this.early)
      await this.send(VerificationType.ready, { from_device: this.options.ownDevice, methods: this.commonMethods() })
      await this.showReady()
    })
  }

  startSAS(): Promise<void> {
    return this.run(async () => {
      if (!this.isReady || this.comparison !== undefined || this.isOver) return
      this.comparison = await SASComparison.offer(this.comparisonHost())
      this.state.set({ kind: "waiting" })
    })
  }

  confirm(): Promise<void> {
    return this.run(async () => {
      const kind = this.state.get().kind
      if (kind === "comparing" && this.comparison !== undefined) {
        this.state.set({ kind: "waiting" })
        await this.comparison.confirm()
      } else if (kind === "scanned-by-other" && this.codes !== undefined) {
        this.state.set({ kind: "waiting" })
        await this.prove(this.codes.proofAsShown())
      }
    })
  }

  scanned(data: Uint8Array): Promise<void> {
    return this.run(async () => {
      if (this.state.get().kind !== "ready" || this.codes === undefined) return
      const secret = this.codes.scan(data)
      this.state.set({ kind: "waiting" })
      await this.send(VerificationType.start, { from_device: this.options.ownDevice, method: VerificationMethod.reciprocate, secret })
    })
  }

  cancel(mismatch = false): Promise<void> {
    return this.run(() => this.end(mismatch ? "m.mismatched_sas" : "m.user"))
  }

  /** The time is up. */
  expire(): Promise<void> {
    return this.run(() => this.end("m.timeout"))
  }

  /** Ends it here alone: another device or tab of this account took the request or declined it, or nobody saw it in time. */
  dismiss(code: CancelCode = "m.accepted") {
    if (!this.isOver) this.finish({ kind: "cancelled", byMe: true, reason: CancelReason[code], code })
  }

  /** A message of the other side. */
  receive(type: string, content: JSONObject): Promise<void> {
    return this.run(async () => {
      if (this.isOver) return
      if (type === VerificationType.cancel) return this.receiveCancel(content)
      if (type === VerificationType.ready) return this.receiveReady(content)
      if (type === VerificationType.start) return this.receiveStart(content)
      if (type === VerificationType.done) return this.receiveDone()
      if (this.comparison === undefined) throw new VerificationFailure("m.unexpected_message")
      await this.comparison.receive(type, content)
    })
  }

  /** What fails with a code ends the verification; other errors end it too, and reach the caller. */
  private run(work: () => Promise<void>): Promise<void> {
    const done = this.queue.then(async () => {
      try {
        await work()
      } catch (error) {
        await this.end(error instanceof VerificationFailure ? error.code : "m.user").catch(() => undefined)
        if (!(error instanceof VerificationFailure)) throw error
      }
    })
    this.queue = done.catch(() => undefined)
    return done
  }

  private async receiveReady(content: JSONObject) {
    const device = asString(content["from_device"])
    if (!this.startedByMe || this.isReady) throw new VerificationFailure("m.unexpected_message")
    if (device === undefined) throw new VerificationFailure("m.invalid_message")
    this.device = device
    this.methods = asStrings(content["methods"])
    await this.learnKeys()
    this.isReady = true
    const others = this.options.devices.filter((one) => one !== device)
    if (others.length > 0) await this.options.channel.send(VerificationType.cancel, cancelContent("m.accepted"), others)
    await this.showReady()
  }

  private async receiveStart(content: JSONObject) {
    const device = asString(content["from_device"])
    const method = asString(content["method"])
    if (device === undefined || method === undefined) throw new VerificationFailure("m.invalid_message")
    if (!this.isReady) {
      // Old clients start at once: what they offer waits until the person takes it.
      if (this.device !== undefined && this.device !== device) throw new VerificationFailure("m.user_mismatch")
      if (this.startedByMe) throw new VerificationFailure("m.unexpected_message")
      this.device = device
      this.early = content
      return
    }
    if (device !== this.device) throw new VerificationFailure("m.user_mismatch")
    await this.take(content)
  }

  private async take(start: JSONObject) {
    const method = asString(start["method"])
    if (method === VerificationMethod.reciprocate) {
      if (this.comparison !== undefined || this.codes === undefined || this.state.get().kind !== "ready") throw new VerificationFailure("m.unexpected_message")
      this.codes.reciprocated(asString(start["secret"]))
      return this.state.set({ kind: "scanned-by-other" })
    }
    if (method !== VerificationMethod.sas) throw new VerificationFailure("m.unknown_method")
    if (this.state.get().kind === "waiting" && this.comparison === undefined) throw new VerificationFailure("m.unexpected_message")
    if (this.comparison !== undefined) {
      if (!this.comparison.isOpen) throw new VerificationFailure("m.unexpected_message")
      // Both began at once: the smaller ID goes on, the other's offer is as if it had not been made.
      if (this.isOwnFirst()) return
    }
    this.state.set({ kind: "waiting" })
    this.comparison = await SASComparison.take(this.comparisonHost(), start)
  }

  private isOwnFirst(): boolean {
    if (this.options.ownUser !== this.otherUser) return this.options.ownUser < this.otherUser
    return this.options.ownDevice < (this.device ?? "")
  }

  private async receiveDone() {
    if (this.state.get().kind === "waiting" && this.codes?.hasScanned === true) {
      await this.prove(this.codes.proofAsScanned())
    }
    // Elsewhere nothing depends on it: what was proved was proved by MACs or by the person.
  }

  private async receiveCancel(content: JSONObject) {
    const code = asString(content["code"]) ?? "m.user"
    const reason = asString(content["reason"]) ?? ""
    if (this.startedByMe && !this.isReady && this.options.devices.length > 1) {
      await this.options.channel.send(VerificationType.cancel, cancelContent("m.user"), this.options.devices).catch(() => undefined)
    }
    this.finish({ kind: "cancelled", byMe: false, reason, code })
  }

  private async learnKeys() {
    if (this.device === undefined) throw new VerificationFailure("m.invalid_message")
    this.own = await this.options.authority.own()
    this.their = await this.options.authority.party(this.otherUser, this.device)
    if (this.their === undefined) throw new VerificationFailure("m.key_mismatch")
    this.codes = QRExchange.between(this.own, this.their, this.id, this.options.random)
  }

  private commonMethods(): string[] {
    const has = (method: string) => this.methods.includes(method)
    return ownMethods.filter((method) => {
      if (method === VerificationMethod.showQR) return has(VerificationMethod.scanQR) && this.codes !== undefined
      if (method === VerificationMethod.scanQR) return has(VerificationMethod.showQR) && this.codes !== undefined
      return has(method)
    })
  }

  private async showReady() {
    const has = (method: string) => this.methods.includes(method)
    const canReciprocate = has(VerificationMethod.reciprocate) && this.codes !== undefined
    const qr = canReciprocate && has(VerificationMethod.scanQR) ? this.codes?.shown : undefined
    const canScan = canReciprocate && has(VerificationMethod.showQR)
    const canCompareEmoji = has(VerificationMethod.sas)
    if (qr === undefined && !canScan && !canCompareEmoji) throw new VerificationFailure("m.unknown_method")
    this.state.set({ kind: "ready", qr, canScan, canCompareEmoji })
  }

  private comparisonHost(): ComparisonHost {
    const { own, their } = this
    if (own === undefined || their === undefined) throw new VerificationFailure("m.unexpected_message")
    return {
      id: this.id,
      own,
      their,
      wrap: (content) => this.options.channel.wrap(content),
      send: (type, content) => this.send(type, content),
      compare: (strings) => this.state.set({ kind: "comparing", ...strings }),
      proved: (proof) => this.prove(proof),
    }
  }

  private async prove(proof: Proof) {
    await this.options.authority.accept(proof)
    await this.send(VerificationType.done, {})
    this.finish({ kind: "done" })
  }

  private send(type: string, content: JSONObject): Promise<void> {
    return this.options.channel.send(type, content, this.device === undefined ? this.options.devices : [this.device])
  }

  private async end(code: CancelCode) {
    if (this.isOver) return
    this.finish({ kind: "cancelled", byMe: true, reason: CancelReason[code], code })
    await this.send(VerificationType.cancel, cancelContent(code))
  }

  private finish(state: VerificationState) {
    this.state.set(state)
    this.options.onEnd(this)
  }
}

function cancelContent(code: CancelCode): JSONObject {
  return { code, reason: CancelReason[code] }
}
