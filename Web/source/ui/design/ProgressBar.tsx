import "./ProgressBar.css"

/** How far something is; without a value it only shows that something runs. */
export function ProgressBar({ label, value, className }: { readonly label: string; /** 0…1 */ readonly value?: number | undefined; readonly className?: string }) {
  const percent = value === undefined ? undefined : Math.round(Math.max(0, Math.min(1, value)) * 100)
  return (
    <div className={className === undefined ? "progress" : `progress ${className}`} role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent} data-endless={percent === undefined || undefined}>
      <div className="progress-bar" style={percent === undefined ? undefined : { width: `${percent}%` }} />
    </div>
  )
}
