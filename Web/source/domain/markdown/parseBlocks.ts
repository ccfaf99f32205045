import { parseInline, type InlineContext } from "./parseInline"
import { maximumDepth, type Block, type Inline } from "./nodes"

const fence = /^ {0,3}(`{3,}|~{3,})\s*([^`\n]*)$/
const heading = /^ {0,3}(#{1,6})[ \t]+(.+?)(?:[ \t]+#+)?[ \t]*$/
const quote = /^ {0,3}> ?/
const item = /^( {0,3})([-*+]|\d{1,9}[.)])(?: +|\t)(.*)$/
const rule = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/
const tableEdge = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/

/**
 * Reads what was typed. Like CommonMark with GitHub's tables and strikethrough, but: a line break is a line break, a quote ends where its
 * marks end, there is no indented code and no underlined heading, since people who chat mean none of these.
 */
export function parseMarkdown(source: string, context: InlineContext): Block[] {
  return parseLines(source.replace(/\r\n?/g, "\n").split("\n"), context, 0)
}

function parseLines(lines: readonly string[], context: InlineContext, depth: number): Block[] {
  const blocks: Block[] = []
  let paragraph: string[] = []
  const flush = () => {
    if (paragraph.length > 0) blocks.push({ kind: "paragraph", children: parseInline(paragraph.join("\n").trim(), context) })
    paragraph = []
  }
  let at = 0
  while (at < lines.length) {
    const line = lines[at] ?? ""
    if (line.trim() === "") {
      flush()
      at += 1
      continue
    }
    const found = depth < maximumDepth ? blockAt(lines, at, context, depth) : undefined
    if (found === undefined) {
      paragraph.push(line)
      at += 1
      continue
    }
    flush()
    blocks.push(found.block)
    at = found.next
  }
  flush()
  return blocks
}

interface Found { readonly block: Block; readonly next: number }

function blockAt(lines: readonly string[], at: number, context: InlineContext, depth: number): Found | undefined {
  const line = lines[at] ?? ""
  return fencedCode(lines, at) ?? displayMaths(lines, at) ?? headingAt(line, at, context)
    ?? (rule.test(line) ? { block: { kind: "rule" }, next: at + 1 } : undefined)
    ?? quoteAt(lines, at, context, depth) ?? listAt(lines, at, context, depth) ?? tableAt(lines, at, context)
}

function fencedCode(lines: readonly string[], at: number): Found | undefined {
  const opening = fence.exec(lines[at] ?? "")
  const marks = opening?.[1]
  if (marks === undefined) return undefined
  const closing = new RegExp(`^ {0,3}${marks[0] === "`" ? "`" : "~"}{${marks.length},}[ \\t]*$`)
  let end = at + 1
  while (end < lines.length && !closing.test(lines[end] ?? "")) end += 1
  const language = /^[\w+#.-]{1,40}/.exec(opening?.[2] ?? "")?.[0]
  return { block: { kind: "code", language, text: lines.slice(at + 1, end).join("\n") }, next: end + 1 }
}

function displayMaths(lines: readonly string[], at: number): Found | undefined {
  const line = (lines[at] ?? "").trim()
  if (!line.startsWith("$$")) return undefined
  const single = /^\$\$(.+)\$\$$/.exec(line)?.[1]?.trim()
  if (single !== undefined && single !== "" && !single.includes("$$")) return { block: { kind: "maths", source: single }, next: at + 1 }
  if (line !== "$$") return undefined
  let end = at + 1
  while (end < lines.length && (lines[end] ?? "").trim() !== "$$") end += 1
  const source = lines.slice(at + 1, end).join("\n").trim()
  return end >= lines.length || source === "" ? undefined : { block: { kind: "maths", source }, next: end + 1 }
}

function headingAt(line: string, at: number, context: InlineContext): Found | undefined {
  const found = heading.exec(line)
  if (found?.[1] === undefined || found[2] === undefined) return undefined
  return { block: { kind: "heading", level: found[1].length, children: parseInline(found[2], context) }, next: at + 1 }
}

function quoteAt(lines: readonly string[], at: number, context: InlineContext, depth: number): Found | undefined {
  let end = at
  while (end < lines.length && quote.test(lines[end] ?? "")) end += 1
  if (end === at) return undefined
  const inner = lines.slice(at, end).map((line) => line.replace(quote, ""))
  return { block: { kind: "quote", children: parseLines(inner, context, depth + 1) }, next: end }
}

function listAt(lines: readonly string[], at: number, context: InlineContext, depth: number): Found | undefined {
  const first = item.exec(lines[at] ?? "")
  const mark = first?.[2]
  if (mark === undefined || (first?.[3] ?? "").trim() === "") return undefined
  const isOrdered = /\d/.test(mark)
  const items: Block[][] = []
  let end = at
  while (end < lines.length) {
    const found = item.exec(lines[end] ?? "")
    if (found?.[2] === undefined || /\d/.test(found[2]) !== isOrdered || rule.test(lines[end] ?? "")) break
    const width = (found[1] ?? "").length + found[2].length + 1
    const inner = [found[3] ?? ""]
    end = itemLines(lines, end + 1, Math.min(width, 4), inner)
    items.push(parseLines(inner, context, depth + 1))
  }
  return { block: { kind: "list", start: isOrdered ? Number.parseInt(mark, 10) : undefined, items }, next: end }
}

/** Adds the lines that belong to an item: indented ones, and blank ones between them. Gives the next line after it. */
function itemLines(lines: readonly string[], from: number, width: number, inner: string[]): number {
  let end = from
  while (end < lines.length) {
    const line = lines[end] ?? ""
    if (line.trim() === "") {
      let next = end
      while (next < lines.length && (lines[next] ?? "").trim() === "") next += 1
      if (next === lines.length || (!isIndented(lines[next] ?? "") && !item.test(lines[next] ?? ""))) return end
      inner.push("")
      end = next
      continue
    }
    if (isIndented(line)) {
      const spaces = /^[ \t]*/.exec(line)?.[0]?.replace(/\t/g, "    ").length ?? 0
      inner.push(" ".repeat(Math.max(0, spaces - width)) + line.trimStart())
    } else return end
    end += 1
  }
  return end
}

function isIndented(line: string): boolean {
  return /^(?: {2,}|\t)/.test(line)
}

function tableAt(lines: readonly string[], at: number, context: InlineContext): Found | undefined {
  const headLine = lines[at] ?? ""
  const edge = lines[at + 1]
  if (edge === undefined || !headLine.includes("|") || !edge.includes("|") || !tableEdge.test(edge)) return undefined
  const head = cells(headLine)
  if (head.length !== cells(edge).length) return undefined
  const rows: Inline[][][] = []
  let end = at + 2
  while (end < lines.length && (lines[end] ?? "").includes("|") && (lines[end] ?? "").trim() !== "") {
    const row = cells(lines[end] ?? "").slice(0, head.length)
    while (row.length < head.length) row.push("")
    rows.push(row.map((cell) => parseInline(cell, context)))
    end += 1
  }
  return { block: { kind: "table", head: head.map((cell) => parseInline(cell, context)), rows }, next: end }
}

/** The cells of a row of a table: bars that are escaped or in code do not cut. */
function cells(line: string): string[] {
  const output: string[] = []
  let cell = ""
  let isCode = false
  const text = line.trim().replace(/^\|/, "").replace(/([^\\]|^)\|$/, "$1")
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? ""
    if (character === "\\" && text[at + 1] === "|") {
      cell += "|"
      at += 1
    } else if (character === "|" && !isCode) {
      output.push(cell.trim())
      cell = ""
    } else {
      if (character === "`") isCode = !isCode
      cell += character
    }
  }
  output.push(cell.trim())
  return output
}
