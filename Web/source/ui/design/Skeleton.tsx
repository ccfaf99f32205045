import "./Skeleton.css"

export interface SkeletonProps {
  /** text: lines; rows: pictures with lines; block: a box; circle: a picture. */
  readonly kind?: "text" | "rows" | "block" | "circle"
  readonly count?: number
  /** CSS lengths, for blocks and circles. */
  readonly width?: string
  readonly height?: string
}

const widths = [72, 54, 84, 62, 76, 48, 68, 58]

/** The outline of what is about to be there. Hidden from screen readers: tell them with aria-busy. */
export function Skeleton({ kind = "text", count = 3, width, height }: SkeletonProps) {
  if (kind === "block" || kind === "circle") return <span className={`skeleton skeleton-${kind}`} style={{ width, height: height ?? width }} aria-hidden="true" />
  return (
    <span className={`skeleton-${kind}`} aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        <span key={index} className="skeleton-row">
          {kind === "rows" && <span className="skeleton skeleton-circle" />}
          <span className="skeleton skeleton-line" style={{ width: `${widths[index % widths.length] ?? 60}%` }} />
        </span>
      ))}
    </span>
  )
}
