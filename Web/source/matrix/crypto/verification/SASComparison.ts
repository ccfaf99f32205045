import { asString, asObject, type JSONObject } from "../../base/read"
import { acceptContent, type Agreement, choose, readAccept, startContent } from "./agreement"
import { VerificationFailure } from "./codes"
import { SASKeys } from "./SASKeys"
import { sasEmoji } from "./sasEmoji"
import type { PartyKeys, Proof } from "./VerificationAuthority"
import { VerificationType } from "./VerificationType"

/** What two people compare. */
export interface ShortStrings {
  readonly emoji: readonly { readonly symbol: string; readonly name: string }[]
  readonly decimals: readonly [number, number, number]
}

/** What a comparison asks of the verification it belongs to. */
export interface ComparisonHost {
  readonly id: string
  readonly own: PartyKeys & { readonly isMasterTrusted: boolean }
  readonly their: PartyKeys
  wrap(content: JSONObject): JSONObject
  send(type: string, content: JSONObject): Promise<void>
  compare(strings: ShortStrings): void
  proved(proof: Proof): Promise<void>
}

/** Short authentication strings: keys are exchanged behind a commitment, people compare, and MACs carry the keys that this proves. */
export class SASComparison {
  private stage: "accept" | "key" | "comparing" | "finished" = "key"
  private agreement: Agreement | undefined
  private commitment: string | undefined
  private theirMac: JSONObject | undefined
  private isConfirmed = false

  private constructor(private readonly host: ComparisonHost, private readonly keys: SASKeys, private readonly isStarter: boolean, private readonly start: JSONObject) {}

  /** Offers a comparison. */
  static async offer(host: ComparisonHost): Promise<SASComparison> {
    const start = startContent(host.own.deviceId)
    const comparison = new SASComparison(host, await SASKeys.make(), true, host.wrap(start))
    comparison.stage = "accept"
    await host.send(VerificationType.start, start)
    return comparison
  }

  /** Takes up the other side's offer, as it came over the wire. */
  static async take(host: ComparisonHost, start: JSONObject): Promise<SASComparison> {
    const agreement = choose(start)
    const comparison = new SASComparison(host, await SASKeys.make(), false, start)
    comparison.agreement = agreement
    await host.send(VerificationType.accept, acceptContent(agreement, comparison.keys.commitment(comparison.keys.publicKey, start)))
    return comparison
  }

  /** Whether the other side's answer to the own offer is still out, so that its own offer may take precedence. */
  get isOpen(): boolean {
    return this.stage === "accept"
  }

  async receive(type: string, content: JSONObject): Promise<void> {
    if (type === VerificationType.accept && this.stage === "accept") return this.receiveAccept(content)
    if (type === VerificationType.key && this.stage === "key") return this.receiveKey(content)
    if (type === VerificationType.mac && this.stage === "comparing" && this.theirMac === undefined) {
      this.theirMac = content
      return this.finish()
    }
    throw new VerificationFailure("m.unexpected_message")
  }

  /** The person says that both show the same. */
  async confirm(): Promise<void> {
    if (this.stage !== "comparing" || this.isConfirmed) return
    this.isConfirmed = true
    await this.sendMac()
    await this.finish()
  }

  private async receiveAccept(content: JSONObject) {
    const accepted = readAccept(content)
    this.agreement = accepted
    this.commitment = accepted.commitment
    this.stage = "key"
    await this.host.send(VerificationType.key, { key: this.keys.publicKey })
  }

  private async receiveKey(content: JSONObject) {
    const key = asString(content["key"])
    if (key === undefined) throw new VerificationFailure("m.invalid_message")
    if (this.isStarter && this.keys.commitment(key, this.start) !== this.commitment) throw new VerificationFailure("m.mismatched_commitment")
    await this.keys.agree(key)
    this.stage = "comparing"
    if (!this.isStarter) await this.host.send(VerificationType.key, { key: this.keys.publicKey })
    this.host.compare(this.strings(key))
  }

  private strings(theirKey: string): ShortStrings {
    const own = [this.host.own.userId, this.host.own.deviceId, this.keys.publicKey]
    const their = [this.host.their.userId, this.host.their.deviceId, theirKey]
    const parties = this.isStarter ? [...own, ...their] : [...their, ...own]
    const info = ["MATRIX_KEY_VERIFICATION_SAS", ...parties, this.host.id].join("|")
    const emoji = this.agreement?.hasEmoji === true ? emojiOf(this.keys.bytes(info, 6)) : []
    return { emoji, decimals: decimalsOf(this.keys.bytes(info, 5)) }
  }

  private async sendMac() {
    const { own, their } = this.host
    const proved: Record<string, string> = { [`ed25519:${own.deviceId}`]: own.deviceKey }
    if (own.masterKey !== undefined && own.isMasterTrusted) proved[`ed25519:${own.masterKey}`] = own.masterKey
    const mac: JSONObject = {}
    for (const [id, key] of Object.entries(proved)) mac[id] = this.macOf(own, their, id, key)
    await this.host.send(VerificationType.mac, { mac, keys: this.macOf(own, their, "KEY_IDS", Object.keys(proved).sort().join(",")) })
  }

  private async finish() {
    if (!this.isConfirmed || this.theirMac === undefined) return
    this.stage = "finished"
    const { own, their } = this.host
    const mac = asObject(this.theirMac["mac"])
    if (mac === undefined || typeof this.theirMac["keys"] !== "string") throw new VerificationFailure("m.invalid_message")
    const ids = Object.keys(mac)
    if (this.theirMac["keys"] !== this.macOf(their, own, "KEY_IDS", [...ids].sort().join(","))) throw new VerificationFailure("m.key_mismatch")
    const known = new Map([[`ed25519:${their.deviceId}`, their.deviceKey]])
    if (their.masterKey !== undefined) known.set(`ed25519:${their.masterKey}`, their.masterKey)
    const proved = new Set<string>()
    for (const id of ids) {
      const key = known.get(id)
      // Keys that this device does not know of prove nothing, and are no mismatch either.
      if (key === undefined) continue
      if (mac[id] !== this.macOf(their, own, id, key)) throw new VerificationFailure("m.key_mismatch")
      proved.add(key)
    }
    if (proved.size === 0) throw new VerificationFailure("m.key_mismatch")
    await this.host.proved({
      userId: their.userId,
      deviceId: their.deviceId,
      deviceKey: proved.has(their.deviceKey) ? their.deviceKey : undefined,
      masterKey: their.masterKey !== undefined && proved.has(their.masterKey) ? their.masterKey : undefined,
    })
  }

  private macOf(from: PartyKeys, to: PartyKeys, item: string, text: string): string {
    const info = `MATRIX_KEY_VERIFICATION_MAC${from.userId}${from.deviceId}${to.userId}${to.deviceId}${this.host.id}${item}`
    return this.keys.mac(info, text, this.agreement?.mac ?? "hkdf-hmac-sha256.v2")
  }
}

/** Seven groups of six bits. */
export function emojiOf(bytes: Uint8Array): { symbol: string; name: string }[] {
  const bits = bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)
  return Array.from({ length: 7 }, (_, index) => {
    const emoji = sasEmoji[Number((bits >> BigInt(42 - index * 6)) & 0x3fn)]
    return { symbol: emoji?.symbol ?? "", name: emoji?.en ?? "" }
  })
}

/** Three numbers of 13 bits each, from 1000 on. */
export function decimalsOf(bytes: Uint8Array): [number, number, number] {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = bytes
  return [((a << 5) | (b >> 3)) + 1000, (((b & 0x7) << 10) | (c << 2) | (d >> 6)) + 1000, (((d & 0x3f) << 7) | (e >> 1)) + 1000]
}
