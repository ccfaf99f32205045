/** A key from a passphrase. */
export async function pbkdf2(passphrase: Uint8Array, salt: Uint8Array, iterations: number, bits: number, hash: "SHA-512" | "SHA-256" = "SHA-512"): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey("raw", passphrase, "PBKDF2", false, ["deriveBits"])
  return new Uint8Array(await crypto.subtle.deriveBits({ name: "PBKDF2", salt, iterations, hash }, key, bits))
}
