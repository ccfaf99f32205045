import { fromBase64URL, toBase64 } from "./base64"
import { concatenate, randomBytes } from "./bytes"

// The fixed beginning of a PKCS#8 structure around 32 bytes of a private key; the 12th byte names the curve.
const WRAPPING = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20]

/** A signing key. The seed is there to be stored; it is all there is of the private key. */
export class Ed25519Key {
  private constructor(readonly seed: Uint8Array, readonly publicKey: Uint8Array, private readonly key: CryptoKey) {}

  static generate(): Promise<Ed25519Key> {
    return Ed25519Key.fromSeed(randomBytes(32))
  }

  /** The key of 32 secret bytes. `publicKey` spares computing it, where it is known. */
  static async fromSeed(seed: Uint8Array, publicKey?: Uint8Array): Promise<Ed25519Key> {
    const { key, publicBytes } = await importPrivateKey(concatenate(new Uint8Array(WRAPPING), seed), "Ed25519", ["sign"], publicKey)
    return new Ed25519Key(seed, publicBytes, key)
  }

  /** The public key as Matrix writes it. */
  get text(): string {
    return toBase64(this.publicKey)
  }

  async sign(bytes: Uint8Array): Promise<Uint8Array> {
    return new Uint8Array(await crypto.subtle.sign("Ed25519", this.key, bytes))
  }
}

const imported = new Map<string, Promise<CryptoKey>>()

/** Whether the signature is that of the key; false too where the key is none. */
export async function verifyEd25519(publicKey: Uint8Array, signature: Uint8Array, bytes: Uint8Array): Promise<boolean> {
  if (publicKey.length !== 32 || signature.length !== 64) return false
  try {
    return await crypto.subtle.verify("Ed25519", await importPublicKey(publicKey), signature, bytes)
  } catch {
    return false
  }
}

/** The same few keys verify many signatures. */
function importPublicKey(publicKey: Uint8Array): Promise<CryptoKey> {
  const name = toBase64(publicKey)
  const known = imported.get(name)
  if (known !== undefined) return known
  const key = crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"])
  if (imported.size >= 1_000) imported.clear()
  imported.set(name, key)
  return key
}

/** Imports a private key, and finds its public key where that is not given. */
export async function importPrivateKey(
  wrapped: Uint8Array, algorithm: "Ed25519" | "X25519", usages: KeyUsage[], publicKey: Uint8Array | undefined,
): Promise<{ key: CryptoKey; publicBytes: Uint8Array }> {
  if (publicKey !== undefined) return { key: await crypto.subtle.importKey("pkcs8", wrapped, algorithm, false, usages), publicBytes: publicKey }
  const key = await crypto.subtle.importKey("pkcs8", wrapped, algorithm, true, usages)
  const exported = await crypto.subtle.exportKey("jwk", key)
  const publicBytes = fromBase64URL(exported.x ?? "")
  if (publicBytes?.length !== 32) throw new Error("the public key cannot be had")
  return { key, publicBytes }
}
