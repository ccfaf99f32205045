import "./MarkBadge.css"

/** A number of mentions or messages; what it means is told to screen readers beside the name. */
export function MarkBadge({ count }: { count: number }) {
  return count > 0 ? <span className="mark-badge" aria-hidden="true">{count > 99 ? "99+" : count}</span> : null
}
