/** The part of an identifier after its first colon. */
export function serverNameOf(identifier: string): string {
  const colon = identifier.indexOf(":")
  return colon < 0 ? "" : identifier.slice(colon + 1)
}

/** Random text of `[a-z0-9]`. */
export function randomText(crypto: Crypto, length: number): string {
  const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
  const bytes = crypto.getRandomValues(new Uint8Array(length))
  let text = ""
  for (const byte of bytes) text += letters[byte % letters.length] ?? "a"
  return text
}

const transactionPrefix = "martlet~"

/** A new transaction ID: unique, and increasing with time. */
export function newTransactionID(crypto: Crypto, now: number): string {
  return `${transactionPrefix}${now.toString(36)}${randomText(crypto, 10)}`
}

/** Whether the text is a transaction ID of this client, rather than an event ID. */
export function isTransactionID(text: string): boolean {
  return text.startsWith(transactionPrefix)
}
