import { asString, asStrings, type JSONObject } from "../../base/read"
import { VerificationFailure } from "./codes"
import { VerificationMethod } from "./VerificationType"

export type MacMethod = "hkdf-hmac-sha256.v2" | "hkdf-hmac-sha256"

const AGREEMENT = "curve25519-hkdf-sha256"
const HASH = "sha256"
const MACS: readonly MacMethod[] = ["hkdf-hmac-sha256.v2", "hkdf-hmac-sha256"]
const STRINGS = ["decimal", "emoji"] as const

/** What both sides compute with. */
export interface Agreement {
  readonly mac: MacMethod
  readonly hasEmoji: boolean
}

/** The offer that begins a comparison. */
export function startContent(deviceId: string): JSONObject {
  return {
    from_device: deviceId,
    method: VerificationMethod.sas,
    key_agreement_protocols: [AGREEMENT],
    hashes: [HASH],
    message_authentication_codes: [...MACS],
    short_authentication_string: [...STRINGS],
  }
}

/** Chooses from the other side's offer; fails with `m.unknown_method` where nothing is in common. */
export function choose(start: JSONObject): Agreement {
  const macs = asStrings(start["message_authentication_codes"])
  const strings = asStrings(start["short_authentication_string"])
  const mac = MACS.find((one) => macs.includes(one))
  const isCommon = asStrings(start["key_agreement_protocols"]).includes(AGREEMENT) && asStrings(start["hashes"]).includes(HASH) && strings.includes("decimal")
  if (!isCommon || mac === undefined) throw new VerificationFailure("m.unknown_method")
  return { mac, hasEmoji: strings.includes("emoji") }
}

/** The answer to an offer. */
export function acceptContent(agreement: Agreement, commitment: string): JSONObject {
  return {
    method: VerificationMethod.sas,
    key_agreement_protocol: AGREEMENT,
    hash: HASH,
    message_authentication_code: agreement.mac,
    short_authentication_string: agreement.hasEmoji ? ["decimal", "emoji"] : ["decimal"],
    commitment,
  }
}

/** Reads the answer to the own offer: it must be among what was offered. */
export function readAccept(content: JSONObject): Agreement & { readonly commitment: string } {
  const mac = MACS.find((one) => one === content["message_authentication_code"])
  const strings = asStrings(content["short_authentication_string"])
  const commitment = asString(content["commitment"])
  const isKnown = content["key_agreement_protocol"] === AGREEMENT && content["hash"] === HASH && strings.some((one) => one === "decimal" || one === "emoji")
  if (!isKnown || mac === undefined) throw new VerificationFailure("m.unknown_method")
  if (commitment === undefined) throw new VerificationFailure("m.invalid_message")
  return { mac, hasEmoji: strings.includes("emoji"), commitment }
}
