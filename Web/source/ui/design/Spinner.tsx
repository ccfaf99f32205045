import "./Spinner.css"

/** A sign that something runs; with a label it is told to screen readers. */
export function Spinner({ size = 20, label, className }: { readonly size?: number; readonly label?: string; readonly className?: string }) {
  const length = `${size / 16}rem`
  return (
    <span className={className === undefined ? "spinner" : `spinner ${className}`} {...(label === undefined ? { "aria-hidden": true } : { role: "status", "aria-label": label })}>
      <svg viewBox="0 0 20 20" fill="none" strokeWidth="2" strokeLinecap="round" style={{ width: length, height: length }} focusable="false" aria-hidden="true">
        <circle className="spinner-track" cx="10" cy="10" r="7.5" />
        <path className="spinner-arc" d="M10 2.500a7.5 7.5 0 0 1 7.5 7.5" />
      </svg>
    </span>
  )
}
