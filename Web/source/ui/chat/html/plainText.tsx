import { Fragment, type ReactNode } from "react"
import { linkedParts } from "../../../domain/markdown/addresses"
import { SafeLink } from "./SafeLink"

/** At most this many marks over and under a letter: enough for every language, too few to climb over the lines. */
const maximumMarks = 4
const tallStacks = new RegExp(`(\\p{M}{${maximumMarks}})\\p{M}+`, "gu")

/** Text without stacks of marks that would cover other lines. */
export function tamed(text: string): string {
  return text.replace(tallStacks, "$1")
}

/** A text as elements, its addresses as links. */
export function plainText(text: string, hasLinks = true): ReactNode[] {
  const calm = tamed(text)
  if (!hasLinks) return [calm]
  return linkedParts(calm).map((part, index) => (part.kind === "text"
    ? <Fragment key={index}>{part.text}</Fragment>
    : <SafeLink key={index} href={part.href} text={part.text}>{part.text}</SafeLink>))
}
