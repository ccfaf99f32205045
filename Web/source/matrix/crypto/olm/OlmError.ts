/** Why an Olm message could not be read or written. */
export type OlmProblem = "malformed" | "unknown-key" | "wrong-mac" | "unknown-message-key" | "too-far-ahead" | "degenerate-key"

/** A problem of one Olm message. */
export class OlmError extends Error {
  override readonly name = "OlmError"
  constructor(readonly problem: OlmProblem) {
    super(`olm: ${problem}`)
  }
}
