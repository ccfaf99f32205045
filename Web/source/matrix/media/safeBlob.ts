/** Types that a page may show or play in place; anything else is a file to save. */
const shown = new Set([
  "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/apng", "image/svg+xml", "image/bmp", "image/x-icon", "image/vnd.microsoft.icon",
  "video/mp4", "video/webm", "video/ogg", "video/quicktime", "audio/mp4", "audio/webm", "audio/aac", "audio/mpeg", "audio/ogg", "audio/wave",
  "audio/wav", "audio/x-wav", "audio/x-pn-wav", "audio/flac", "audio/x-flac", "text/plain",
])

/**
 * The blob under a type that cannot run anything of this origin: an object URL of text/html would. SVG is safe within <img>, which runs no scripts;
 * nothing here is ever opened as a document.
 */
export function safeBlob(blob: Blob, claimed: string | undefined): Blob {
  const type = (claimed ?? blob.type).split(";")[0]?.trim().toLowerCase() ?? ""
  const safe = shown.has(type) ? type : "application/octet-stream"
  return blob.type === safe ? blob : blob.slice(0, blob.size, safe)
}
