/** Types of the messages of a verification. */
export const VerificationType = {
  request: "m.key.verification.request",
  ready: "m.key.verification.ready",
  start: "m.key.verification.start",
  accept: "m.key.verification.accept",
  key: "m.key.verification.key",
  mac: "m.key.verification.mac",
  done: "m.key.verification.done",
  cancel: "m.key.verification.cancel",
} as const

/** Methods by which devices verify each other. */
export const VerificationMethod = {
  sas: "m.sas.v1",
  showQR: "m.qr_code.show.v1",
  scanQR: "m.qr_code.scan.v1",
  reciprocate: "m.reciprocate.v1",
} as const

/** All methods that this client has. */
export const ownMethods: readonly string[] = Object.values(VerificationMethod)
