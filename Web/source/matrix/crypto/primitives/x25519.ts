import { toBase64 } from "./base64"
import { concatenate, randomBytes } from "./bytes"
import { importPrivateKey } from "./ed25519"

const WRAPPING = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x04, 0x22, 0x04, 0x20]

/** A key to agree on secrets with (Curve25519). The secret is there to be stored. */
export class X25519Key {
  private constructor(readonly secret: Uint8Array, readonly publicKey: Uint8Array, private readonly key: CryptoKey) {}

  static generate(): Promise<X25519Key> {
    return X25519Key.fromSecret(randomBytes(32))
  }

  /** The key of 32 secret bytes. `publicKey` spares computing it, where it is known. */
  static async fromSecret(secret: Uint8Array, publicKey?: Uint8Array): Promise<X25519Key> {
    const { key, publicBytes } = await importPrivateKey(concatenate(new Uint8Array(WRAPPING), secret), "X25519", ["deriveBits"], publicKey)
    return new X25519Key(secret, publicBytes, key)
  }

  /** The public key as Matrix writes it. */
  get text(): string {
    return toBase64(this.publicKey)
  }

  /** The secret shared with the owner of a public key; throws where that key is degenerate. */
  async agree(publicKey: Uint8Array): Promise<Uint8Array> {
    const other = await crypto.subtle.importKey("raw", publicKey, "X25519", false, [])
    const secret = new Uint8Array(await crypto.subtle.deriveBits({ name: "X25519", public: other }, this.key, 256))
    if (secret.every((byte) => byte === 0)) throw new Error("the other key is degenerate")
    return secret
  }
}
