import type { CSSProperties } from "react"

const lightGround = [255, 253, 248] as const
const darkGround = [28, 35, 40] as const
const least = 4.5

type RGB = readonly [number, number, number]

/**
 * The colours somebody gave to a text, for both themes: moved towards black or white until they can be read on the ground they stand on.
 * Undefined where the values are no colours.
 */
export function readableColours(colour: string | null, background: string | null): CSSProperties | undefined {
  const text = parsed(colour)
  const ground = parsed(background)
  if (text === undefined && ground === undefined) return undefined
  const style: Record<string, string> = {}
  if (ground !== undefined) {
    style["--given-ground"] = written(ground)
    const on = readable(text ?? (luminance(ground) > 0.35 ? [0, 0, 0] : [255, 255, 255]), ground)
    style["--given-light"] = style["--given-dark"] = written(on)
  } else if (text !== undefined) {
    style["--given-light"] = written(readable(text, lightGround))
    style["--given-dark"] = written(readable(text, darkGround))
  }
  return style as CSSProperties
}

function parsed(value: string | null): RGB | undefined {
  const found = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(value ?? "")
  return found === null ? undefined : [1, 2, 3].map((index) => Number.parseInt(found[index] ?? "0", 16)) as unknown as RGB
}

function readable(colour: RGB, ground: RGB): RGB {
  const goal: RGB = luminance(ground) > 0.18 ? [0, 0, 0] : [255, 255, 255]
  for (let step = 0; step <= 10; step += 1) {
    const mixed = colour.map((value, index) => Math.round(value + ((goal[index] ?? 0) - value) * (step / 10))) as unknown as RGB
    if (contrast(mixed, ground) >= least) return mixed
  }
  return goal
}

function contrast(a: RGB, b: RGB): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05)
}

function luminance(colour: RGB): number {
  const [red = 0, green = 0, blue = 0] = colour.map((value) => {
    const share = value / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function written(colour: RGB): string {
  return `rgb(${colour.join(" ")})`
}
