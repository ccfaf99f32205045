/** AES-256 in CBC mode with PKCS#7 padding. */
export async function encryptCBC(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array): Promise<Uint8Array> {
  const imported = await crypto.subtle.importKey("raw", key, "AES-CBC", false, ["encrypt"])
  return new Uint8Array(await crypto.subtle.encrypt({ name: "AES-CBC", iv }, imported, plaintext))
}

/** Undoes `encryptCBC`; throws where the padding is wrong. Authenticate first. */
export async function decryptCBC(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Promise<Uint8Array> {
  const imported = await crypto.subtle.importKey("raw", key, "AES-CBC", false, ["decrypt"])
  return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-CBC", iv }, imported, ciphertext))
}

/** AES in CTR mode, the same both ways; `counterBits` of the 16 bytes of `counter` count. */
export async function applyCTR(key: Uint8Array, counter: Uint8Array, data: Uint8Array, counterBits = 64): Promise<Uint8Array> {
  const imported = await crypto.subtle.importKey("raw", key, "AES-CTR", false, ["encrypt"])
  return new Uint8Array(await crypto.subtle.encrypt({ name: "AES-CTR", counter, length: counterBits }, imported, data))
}
