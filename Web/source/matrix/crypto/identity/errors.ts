/** What keeps the encryption of an account from being set up. */
export type SetupErrorCode =
  /** The recovery key or passphrase is not the right one. */
  | "wrong-key"
  /** There is nothing to recover from. */
  | "no-recovery"
  /** The keys are on another device: verify with it, recover, or begin anew. */
  | "needs-verification"
  /** What recovery opened belongs to an identity that the account no longer has. */
  | "outdated"
  /** There is no other device to verify with. */
  | "no-other-device"

const TEXTS: Record<SetupErrorCode, string> = {
  "wrong-key": "the recovery key or passphrase is not the right one",
  "no-recovery": "this account has no recovery key",
  "needs-verification": "the keys of this account are on another device",
  "outdated": "the recovery key is of an identity that was replaced",
  "no-other-device": "this account has no other device",
}

/** An error of setting up encryption that a person can do something about. */
export class EncryptionSetupError extends Error {
  override readonly name = "EncryptionSetupError"
  constructor(readonly code: SetupErrorCode) {
    super(TEXTS[code])
  }
}
