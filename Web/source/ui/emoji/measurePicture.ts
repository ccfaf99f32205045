/** The width and height of a picture in pixels; nothing where the browser cannot read it. */
export async function measurePicture(file: Blob): Promise<{ w?: number; h?: number }> {
  try {
    const bitmap = await createImageBitmap(file)
    const size = { w: bitmap.width, h: bitmap.height }
    bitmap.close()
    return size
  } catch {
    return {}
  }
}
