import { constant } from "../base/observable"
import type { BackupState, DeviceInfo, Encryption, EncryptionSetup, Trust, Verification } from "../contract/encryption"

const unavailable = () => Promise.reject(new Error("End-to-end encryption is not available in this browser."))
const nothing = () => Promise.resolve()

/** Stands where a browser cannot encrypt: encrypted rooms can neither be read nor written to. */
export const noEncryption: Encryption = {
  setup: constant<EncryptionSetup>({ kind: "unknown" }),
  backup: constant<BackupState>({ isEnabled: false, version: undefined, waiting: 0, restore: undefined }),
  verifications: constant<readonly Verification[]>([]),
  bootstrap: unavailable, recover: unavailable, reset: unavailable, acknowledgeChange: unavailable, verifyOwnDevice: unavailable, verifyUser: unavailable,
  exportKeys: unavailable, importKeys: unavailable, encrypt: unavailable, encryptFile: unavailable, decryptFile: unavailable,
  devices: () => constant<readonly DeviceInfo[]>([]),
  trust: () => constant<Trust>("none"),
  decrypt: () => Promise.resolve({
    event: undefined, sessionId: undefined, encryption: { kind: "undecryptable", reason: "broken", detail: "no encryption" },
  }),
  onKeys: () => () => undefined,
  receiveSync: nothing, flush: nothing, shareHistory: nothing, stop: nothing,
  roomChanged: () => undefined,
}
