import { keyFromBase64, toBase64 } from "../primitives/base64"
import { VerificationFailure } from "./codes"
import { decodeQRPayload, encodeQRPayload, QRMode, type QRPayload } from "./qr/QRPayload"
import type { PartyKeys, Proof } from "./VerificationAuthority"

const SECRET_LENGTH = 16

/** Verification by a code that one side shows and the other scans. */
export class QRExchange {
  private scannedMode: QRPayload["mode"] | undefined

  private constructor(
    private readonly own: PartyKeys & { readonly isMasterTrusted: boolean }, private readonly their: PartyKeys & { readonly masterKey: string },
    private readonly payload: QRPayload,
  ) {}

  /** Undefined where one side lacks the keys that codes are made of. */
  static between(
    own: PartyKeys & { readonly isMasterTrusted: boolean }, their: PartyKeys, id: string, random: (length: number) => Uint8Array,
  ): QRExchange | undefined {
    const { masterKey } = their
    if (own.masterKey === undefined || masterKey === undefined) return undefined
    const isOwnUser = own.userId === their.userId
    // Without a master key of one's own that is known to be right, one cannot vouch for it to others.
    if (!isOwnUser && !own.isMasterTrusted) return undefined
    const mode = !isOwnUser ? QRMode.otherUser : own.isMasterTrusted ? QRMode.selfTrusted : QRMode.selfUntrusted
    const keys = {
      [QRMode.otherUser]: [own.masterKey, masterKey],
      [QRMode.selfTrusted]: [own.masterKey, their.deviceKey],
      [QRMode.selfUntrusted]: [own.deviceKey, own.masterKey],
    }[mode]
    const [firstKey, secondKey] = keys.map(keyFromBase64)
    if (firstKey === undefined || secondKey === undefined) return undefined
    return new QRExchange(own, { ...their, masterKey }, { mode, transactionId: id, firstKey, secondKey, secret: random(SECRET_LENGTH) })
  }

  /** What the code to show carries. */
  get shown(): Uint8Array {
    return encodeQRPayload(this.payload)
  }

  get hasScanned(): boolean {
    return this.scannedMode !== undefined
  }

  /** Checks the other side's code; gives the secret to send back. */
  scan(data: Uint8Array): string {
    const scanned = decodeQRPayload(data)
    if (scanned === undefined) throw new VerificationFailure("m.invalid_message")
    if (scanned.transactionId !== this.payload.transactionId) throw new VerificationFailure("m.unknown_transaction")
    const [first, second] = this.expected(scanned.mode)
    if (toBase64(scanned.firstKey) !== first || toBase64(scanned.secondKey) !== second) throw new VerificationFailure("m.key_mismatch")
    this.scannedMode = scanned.mode
    return toBase64(scanned.secret)
  }

  /** Checks that the other side scanned the own code. */
  reciprocated(secret: string | undefined) {
    if (secret === undefined) throw new VerificationFailure("m.invalid_message")
    if (secret.replace(/=+$/, "") !== toBase64(this.payload.secret)) throw new VerificationFailure("m.key_mismatch")
  }

  /** What is proved to the side that scanned. */
  proofAsScanned(): Proof {
    const { userId, deviceId, deviceKey, masterKey } = this.their
    const isDevice = this.scannedMode === QRMode.selfUntrusted
    return { userId, deviceId, deviceKey: isDevice ? deviceKey : undefined, masterKey: isDevice ? undefined : masterKey }
  }

  /** What is proved to the side that showed its code, when the person says that it was scanned. */
  proofAsShown(): Proof {
    const { userId, deviceId, deviceKey, masterKey } = this.their
    const isDevice = this.payload.mode === QRMode.selfTrusted
    return { userId, deviceId, deviceKey: isDevice ? deviceKey : undefined, masterKey: isDevice ? undefined : masterKey }
  }

  /** The keys that the other side's code must hold. */
  private expected(mode: QRPayload["mode"]): [string, string] {
    const isOwnUser = this.own.userId === this.their.userId
    const ownMaster = this.own.masterKey ?? ""
    if (mode === QRMode.otherUser && !isOwnUser) return [this.their.masterKey, ownMaster]
    if (mode === QRMode.selfTrusted && isOwnUser) return [this.their.masterKey, this.own.deviceKey]
    // The device that shows this code asks to be trusted: only one that trusts the master key can do so.
    if (mode === QRMode.selfUntrusted && isOwnUser && this.own.isMasterTrusted) return [this.their.deviceKey, ownMaster]
    throw new VerificationFailure("m.key_mismatch")
  }
}
