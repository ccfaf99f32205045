/** A path whose inserted parts are percent-encoded: path`/_matrix/client/v3/rooms/${room}/leave`. */
export function path(texts: TemplateStringsArray, ...parts: readonly string[]): string {
  return texts.reduce((whole, text, index) => whole + (index === 0 ? "" : encodeURIComponent(parts[index - 1] ?? "")) + text, "")
}
