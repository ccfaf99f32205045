import type { ReactNode } from "react"

/** A setting: what it is about before, its control at the end of the line (below it where there is no room). */
export function FormRow({ label, hint, children }: { readonly label: ReactNode; readonly hint?: ReactNode; readonly children?: ReactNode }) {
  return (
    <div className="form-row">
      <div className="form-row-text"><div>{label}</div>{hint !== undefined && <div className="form-row-hint">{hint}</div>}</div>
      <div className="form-row-control">{children}</div>
    </div>
  )
}
