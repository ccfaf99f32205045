/** On which side of its anchor something floats, and along which edge it is aligned. "start" and "end" follow the direction of reading. */
export type Placement = "top" | "top-start" | "top-end" | "bottom" | "bottom-start" | "bottom-end" | "start" | "end" | "start-top" | "end-top"

export interface Box { readonly left: number; readonly top: number; readonly width: number; readonly height: number }
interface Size { readonly width: number; readonly height: number }

/** Where to put a box of that size beside the anchor so that it stays in the window: turned to the other side, then pushed, where it must be. */
export function place(anchor: Box, size: Size, window: Size, placement: Placement, isRightToLeft: boolean, gap = 6): { left: number; top: number; side: string } {
  const [side, align] = placement.split("-") as [string, string | undefined]
  const margin = 8
  const right = anchor.left + anchor.width
  const bottom = anchor.top + anchor.height
  const physical = side === "start" ? (isRightToLeft ? "right" : "left") : side === "end" ? (isRightToLeft ? "left" : "right") : side
  const room = { top: anchor.top - gap - margin, bottom: window.height - bottom - gap - margin, left: anchor.left - gap - margin, right: window.width - right - gap - margin }
  const opposite = { top: "bottom", bottom: "top", left: "right", right: "left" } as const
  let chosen = physical as keyof typeof room
  const wanted = chosen === "top" || chosen === "bottom" ? size.height : size.width
  if (room[chosen] < wanted && room[opposite[chosen]] > room[chosen]) chosen = opposite[chosen]

  let left: number
  let top: number
  if (chosen === "top" || chosen === "bottom") {
    top = chosen === "top" ? anchor.top - gap - size.height : bottom + gap
    const toLeft = align === undefined ? undefined : (align === "start") !== isRightToLeft
    left = toLeft === undefined ? anchor.left + anchor.width / 2 - size.width / 2 : toLeft ? anchor.left : right - size.width
  } else {
    left = chosen === "left" ? anchor.left - gap - size.width : right + gap
    top = align === "top" ? anchor.top : anchor.top + anchor.height / 2 - size.height / 2
  }
  return {
    left: Math.round(Math.max(margin, Math.min(left, window.width - size.width - margin))),
    top: Math.round(Math.max(margin, Math.min(top, window.height - size.height - margin))), side: chosen,
  }
}
