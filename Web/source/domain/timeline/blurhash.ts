/**
 * BlurHash: a picture's colours as a few cosine waves, written in base 83. Decoding for what is received, encoding for what is sent.
 */

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"

/** Pixels as RGBA; undefined where the text is no BlurHash. Sizes are bounded to 64. */
export function decodeBlurhash(text: string, width: number, height: number): Uint8ClampedArray | undefined {
  if (text.length < 6 || text.length > 4 + 2 * 81) return undefined
  const size = number(text, 0, 1)
  const across = (size % 9) + 1
  const down = Math.floor(size / 9) + 1
  if (Number.isNaN(size) || text.length !== 4 + 2 * across * down || width > 64 || height > 64) return undefined
  const strongest = (number(text, 1, 2) + 1) / 166
  const colours: (readonly [number, number, number])[] = []
  for (let index = 0; index < across * down; index += 1) {
    if (index === 0) {
      const value = number(text, 2, 6)
      if (Number.isNaN(value)) return undefined
      colours.push([toLinear((value >> 16) & 255), toLinear((value >> 8) & 255), toLinear(value & 255)])
    } else {
      const value = number(text, 4 + index * 2, 6 + index * 2)
      if (Number.isNaN(value)) return undefined
      const part = (one: number) => signedSquare((one - 9) / 9) * strongest
      colours.push([part(Math.floor(value / 361)), part(Math.floor(value / 19) % 19), part(value % 19)])
    }
  }
  return painted(colours, across, down, width, height)
}

function painted(colours: readonly (readonly [number, number, number])[], across: number, down: number, width: number, height: number): Uint8ClampedArray {
  const pixels = new Uint8ClampedArray(width * height * 4)
  const waves = (count: number, size: number) => Array.from({ length: count }, (_, wave) => Float64Array.from({ length: size }, (_value, at) => Math.cos((Math.PI * at * wave) / size)))
  const horizontal = waves(across, width)
  const vertical = waves(down, height)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let red = 0
      let green = 0
      let blue = 0
      for (let j = 0; j < down; j += 1) {
        for (let i = 0; i < across; i += 1) {
          const weight = (horizontal[i]?.[x] ?? 0) * (vertical[j]?.[y] ?? 0)
          const colour = colours[i + j * across]
          if (colour === undefined) continue
          red += colour[0] * weight
          green += colour[1] * weight
          blue += colour[2] * weight
        }
      }
      pixels.set([toSRGB(red), toSRGB(green), toSRGB(blue), 255], (y * width + x) * 4)
    }
  }
  return pixels
}

/** The BlurHash of RGBA pixels; give it a picture that was scaled down to some 32 pixels. */
export function encodeBlurhash(pixels: Uint8ClampedArray, width: number, height: number, across = 4, down = 3): string {
  const factors: [number, number, number][] = []
  for (let j = 0; j < down; j += 1) {
    for (let i = 0; i < across; i += 1) {
      const sum: [number, number, number] = [0, 0, 0]
      for (let y = 0; y < height; y += 1) {
        for (let x = 0; x < width; x += 1) {
          const weight = Math.cos((Math.PI * i * x) / width) * Math.cos((Math.PI * j * y) / height)
          const at = (y * width + x) * 4
          sum[0] += weight * toLinear(pixels[at] ?? 0)
          sum[1] += weight * toLinear(pixels[at + 1] ?? 0)
          sum[2] += weight * toLinear(pixels[at + 2] ?? 0)
        }
      }
      const scale = (i === 0 && j === 0 ? 1 : 2) / (width * height)
      factors.push([sum[0] * scale, sum[1] * scale, sum[2] * scale])
    }
  }
  const [average = [0, 0, 0] as const, ...rest] = factors
  const strongest = rest.reduce((most, factor) => Math.max(most, Math.abs(factor[0]), Math.abs(factor[1]), Math.abs(factor[2])), 0)
  const step = Math.max(0, Math.min(82, Math.floor(strongest * 166 - 0.5)))
  const range = (step + 1) / 166
  const part = (value: number) => Math.max(0, Math.min(18, Math.floor(signedRoot(value / range) * 9 + 9.5)))
  return written(across - 1 + (down - 1) * 9, 1) + written(step, 1)
    + written((toSRGB(average[0]) << 16) + (toSRGB(average[1]) << 8) + toSRGB(average[2]), 4)
    + rest.map((factor) => written(part(factor[0]) * 361 + part(factor[1]) * 19 + part(factor[2]), 2)).join("")
}

function number(text: string, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at += 1) {
    const digit = digits.indexOf(text[at] ?? " ")
    if (digit === -1) return Number.NaN
    value = value * 83 + digit
  }
  return value
}

function written(value: number, length: number): string {
  let text = ""
  for (let place = length - 1; place >= 0; place -= 1) text += digits[Math.floor(value / 83 ** place) % 83] ?? "0"
  return text
}

function toLinear(value: number): number {
  const share = value / 255
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
}

function toSRGB(value: number): number {
  const share = Math.max(0, Math.min(1, value))
  return Math.trunc((share <= 0.0031308 ? share * 12.92 : 1.055 * share ** (1 / 2.4) - 0.055) * 255 + 0.5)
}

function signedSquare(value: number): number {
  return Math.sign(value) * value * value
}

function signedRoot(value: number): number {
  return Math.sign(value) * Math.sqrt(Math.abs(value))
}
