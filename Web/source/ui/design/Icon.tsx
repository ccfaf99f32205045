import { iconPaths, type IconName } from "./iconPaths"
import "./Icon.css"

/** Signs that point along the line of reading: mirrored where that runs from right to left. */
const directional = new Set<IconName>([
  "arrow-left", "arrow-right", "chevron-left", "chevron-right", "reply", "forward", "send", "thread", "door", "log-out", "external", "list", "list-ordered",
  "quote", "undo", "volume", "volume-off", "megaphone", "panel-right", "martlet",
])

export interface IconProps {
  readonly name: IconName
  /** In pixels at the ordinary size of text; 20 by default. */
  readonly size?: number
  /** What it says, where no text beside it does. Without it the sign is hidden from screen readers. */
  readonly label?: string
  readonly className?: string
}

/** One of the signs of `iconPaths`, in the colour of the text around it. */
export function Icon({ name, size = 20, label, className }: IconProps) {
  const length = `${size / 16}rem`
  return (
    <svg
      className={`icon${directional.has(name) ? " icon-directional" : ""}${className === undefined ? "" : ` ${className}`}`}
      viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.75" strokeLinecap="round" strokeLinejoin="round"
      style={{ width: length, height: length }} focusable="false" {...(label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label })}
    >
      {pathsOf(name).map((path) => (path.startsWith("F") ? <path key={path} d={path.slice(1)} fill="currentColor" stroke="none" /> : <path key={path} d={path} />))}
    </svg>
  )
}

function pathsOf(name: IconName): readonly string[] {
  const paths: readonly string[] = iconPaths[name]
  const [first] = paths
  return first !== undefined && first.startsWith("=") ? iconPaths[first.slice(1) as IconName] : paths
}
