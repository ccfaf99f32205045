import "./Badge.css"

export interface BadgeProps {
  /** Without a number it is a dot. */
  readonly count?: number
  /** mention: calls for attention; plain: unread; quiet: merely counts. */
  readonly kind?: "mention" | "plain" | "quiet"
  /** What it means, for screen readers; without it, it is decoration. */
  readonly label?: string
}

/** A small number or a dot. */
export function Badge({ count, kind = "mention", label }: BadgeProps) {
  if (count === 0) return null
  return (
    <span className={`badge badge-${kind}${count === undefined ? " badge-dot" : ""}`} {...(label === undefined ? { "aria-hidden": count === undefined ? true : undefined } : { role: "img", "aria-label": label })}>
      {count === undefined ? "" : count > 99 ? "99+" : count}
    </span>
  )
}
