import { parts, type Match } from "../../domain/search/match"

/** A text with what was found in it marked. */
export function Marked({ text, ranges }: { text: string; ranges: Match["ranges"] }) {
  return <>{parts(text, ranges).map((part, index) => (index % 2 === 1 ? <mark key={index}>{part}</mark> : part))}</>
}
