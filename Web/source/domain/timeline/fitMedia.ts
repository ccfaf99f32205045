/** The size at which a picture is shown: inside of the box, in its own proportions, not enlarged. A square-ish box where its size is unknown. */
export function fitMedia(
  width: number | undefined, height: number | undefined, box: { readonly width: number; readonly height: number },
): { readonly width: number; readonly height: number } {
  if (width === undefined || height === undefined) return { width: Math.min(box.width, 320), height: Math.min(box.height, 240) }
  const scale = Math.min(1, box.width / width, box.height / height)
  // Very long or tall pictures keep something to click on.
  return { width: Math.max(48, Math.round(width * scale)), height: Math.max(32, Math.round(height * scale)) }
}
