import { linkedParts } from "../../domain/markdown/addresses"

/** A text in which addresses can be followed. */
export function LinkedText({ text }: { text: string }) {
  return <>{linkedParts(text).map((part, index) => (part.kind === "text" ? part.text : <a key={index} href={part.href} target="_blank" rel="noreferrer noopener">{part.text}</a>))}</>
}
