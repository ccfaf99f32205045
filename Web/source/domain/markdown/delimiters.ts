import type { Inline } from "./nodes"

/** A run of `*` or `_` whose meaning depends on what stands around it. */
export interface DelimiterRun {
  readonly kind: "run"
  readonly character: "*" | "_"
  readonly length: number
  readonly before: string
  readonly after: string
}

interface Open {
  readonly character: "*" | "_"
  readonly original: number
  remaining: number
  readonly canOpen: boolean
  readonly canClose: boolean
  /** What came since this run. */
  content: Inline[]
}

/** Runs that wait for their end at once; nobody means more, and looking through them takes time. */
const maximumOpen = 100

const space = /^$|\s/
const punctuation = /[\p{P}\p{S}]/u

/** Turns runs of `*` and `_` into emphasis as CommonMark defines it; what matches nothing becomes text. */
export function delimited(parts: readonly (Inline | DelimiterRun)[]): Inline[] {
  const root: Inline[] = []
  const stack: Open[] = []
  const current = () => stack[stack.length - 1]?.content ?? root
  for (const part of parts) {
    if (part.kind !== "run") {
      current().push(part)
      continue
    }
    const run = opened(part)
    if (run.canClose) close(run, stack, current)
    if (run.remaining > 0) {
      if (run.canOpen && stack.length < maximumOpen) stack.push(run)
      else addText(current(), run.character.repeat(run.remaining))
    }
  }
  while (stack.length > 0) unwind(stack, current)
  return merged(root)
}

function opened(run: DelimiterRun): Open {
  const beforeSpace = space.test(run.before)
  const afterSpace = space.test(run.after)
  const beforePunctuation = punctuation.test(run.before)
  const afterPunctuation = punctuation.test(run.after)
  const left = !afterSpace && (!afterPunctuation || beforeSpace || beforePunctuation)
  const right = !beforeSpace && (!beforePunctuation || afterSpace || afterPunctuation)
  const canOpen = run.character === "*" ? left : left && (!right || beforePunctuation)
  const canClose = run.character === "*" ? right : right && (!left || afterPunctuation)
  return { character: run.character, original: run.length, remaining: run.length, canOpen, canClose, content: [] }
}

function close(run: Open, stack: Open[], current: () => Inline[]) {
  while (run.remaining > 0) {
    const index = openerOf(run, stack)
    if (index === -1) return
    // Runs opened later than the opener stay text.
    while (stack.length - 1 > index) unwind(stack, current)
    const opener = stack[index]
    if (opener === undefined) return
    const width = opener.remaining >= 2 && run.remaining >= 2 ? 2 : 1
    const children = merged(opener.content)
    opener.remaining -= width
    run.remaining -= width
    opener.content = []
    const node: Inline = { kind: width === 2 ? "strong" : "emphasis", children }
    if (opener.remaining === 0) stack.pop()
    current().push(node)
  }
}

function openerOf(run: Open, stack: readonly Open[]): number {
  for (let index = stack.length - 1; index >= 0; index -= 1) {
    const opener = stack[index]
    if (opener === undefined || opener.character !== run.character) continue
    // CommonMark's rule of three.
    const isBarred = (opener.canClose || run.canOpen) && (opener.original + run.original) % 3 === 0
      && !(opener.original % 3 === 0 && run.original % 3 === 0)
    if (!isBarred && (opener.content.length > 0 || index < stack.length - 1)) return index
  }
  return -1
}

function unwind(stack: Open[], current: () => Inline[]) {
  const last = stack.pop()
  if (last === undefined) return
  addText(current(), last.character.repeat(last.remaining))
  current().push(...last.content)
}

function addText(target: Inline[], text: string) {
  target.push({ kind: "text", text })
}

/** Joins texts that stand beside each other. */
function merged(parts: readonly Inline[]): Inline[] {
  const output: Inline[] = []
  for (const part of parts) {
    const last = output[output.length - 1]
    if (part.kind === "text" && last?.kind === "text") output[output.length - 1] = { kind: "text", text: last.text + part.text }
    else output.push(part)
  }
  return output
}
