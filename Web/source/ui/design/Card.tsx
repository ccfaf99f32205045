import type { ReactNode } from "react"
import { classes } from "./classes"
import "./Card.css"

/** A sheet of paper on the ground, with a heading where it has one. */
export function Card({ title, description, actions, children, className, level = 3 }: {
  readonly title?: ReactNode; readonly description?: ReactNode; readonly actions?: ReactNode; readonly children?: ReactNode; readonly className?: string; readonly level?: 2 | 3 | 4
}) {
  const Heading = `h${level}` as const
  return (
    <section className={classes("card", className)}>
      {(title !== undefined || actions !== undefined) && (
        <header className="card-head">
          <div className="card-titles">
            {title !== undefined && <Heading className="card-title">{title}</Heading>}
            {description !== undefined && <p className="card-description">{description}</p>}
          </div>
          {actions}
        </header>
      )}
      {children}
    </section>
  )
}
