import { decryptCBC, encryptCBC } from "./aes"
import { equalBytes, utf8 } from "./bytes"
import { hkdfSHA256, hmacSHA256 } from "./hmac"

const MAC_LENGTH = 8

/** The keys of one message, of Olm or Megolm: AES-256-CBC with an HMAC that is cut to eight bytes. */
export class MessageKeys {
  private readonly derived: Uint8Array

  constructor(secret: Uint8Array, purpose: "OLM_KEYS" | "MEGOLM_KEYS") {
    this.derived = hkdfSHA256(secret, undefined, utf8(purpose), 80)
  }

  encrypt(plaintext: Uint8Array): Promise<Uint8Array> {
    return encryptCBC(this.derived.subarray(0, 32), this.derived.subarray(64), plaintext)
  }

  decrypt(ciphertext: Uint8Array): Promise<Uint8Array> {
    return decryptCBC(this.derived.subarray(0, 32), this.derived.subarray(64), ciphertext)
  }

  authenticate(bytes: Uint8Array): Uint8Array {
    return hmacSHA256(this.derived.subarray(32, 64), bytes).slice(0, MAC_LENGTH)
  }

  isAuthentic(bytes: Uint8Array, mac: Uint8Array): boolean {
    return equalBytes(this.authenticate(bytes), mac)
  }
}
