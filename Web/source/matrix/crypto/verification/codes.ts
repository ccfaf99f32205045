/** Why a verification ends early, with the text that is sent along. */
export const CancelReason = {
  "m.user": "The verification was cancelled",
  "m.timeout": "The verification took too long",
  "m.unknown_transaction": "This verification is not known here",
  "m.unknown_method": "The devices have no method in common",
  "m.unexpected_message": "A message came out of order",
  "m.key_mismatch": "The keys do not match",
  "m.user_mismatch": "This is another person's verification",
  "m.invalid_message": "A message could not be understood",
  "m.accepted": "Another device accepted the request",
  "m.mismatched_commitment": "The keys do not match what was promised",
  "m.mismatched_sas": "The emoji or numbers differ",
} as const

export type CancelCode = keyof typeof CancelReason

/** Ends a verification with a code that both sides learn. */
export class VerificationFailure extends Error {
  override readonly name = "VerificationFailure"
  constructor(readonly code: CancelCode) {
    super(CancelReason[code])
  }
}
