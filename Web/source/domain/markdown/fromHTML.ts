import { parseMatrixLink } from "./matrixLinks"
import type { Block, Inline, InlineStyle, Mention } from "./nodes"
import { safeHref } from "./parseInline"
import { readHTML, type HTMLPiece } from "./readHTML"

const styles: Record<string, InlineStyle> = {
  em: "emphasis", i: "emphasis", strong: "strong", b: "strong", del: "strikethrough", s: "strikethrough", strike: "strikethrough", u: "underline",
  sub: "subscript", sup: "superscript",
}
const blockTags = new Set(["p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "ul", "ol", "table", "hr", "details", "summary"])

/** Reads the `formatted_body` of a message into what the Markdown parser gives, to edit it. */
export function fromHTML(html: string): Block[] {
  return blocksOf(readHTML(html).filter((piece) => typeof piece === "string" || piece.tag !== "mx-reply"))
}

/** The mentions in a message that was read, to recognise their texts when it is edited. */
export function mentionsIn(blocks: readonly Block[]): Mention[] {
  const found: Mention[] = []
  const visit = (nodes: readonly (Block | Inline)[]) => {
    for (const node of nodes) {
      if (node.kind === "mention") found.push(node.mention)
      else if (node.kind === "list") node.items.forEach(visit)
      else if (node.kind === "table") [node.head, ...node.rows].forEach((row) => row.forEach(visit))
      else if ("children" in node) visit(node.children)
    }
  }
  visit(blocks)
  return found
}

/** The text of HTML, for places that show no formatting. */
export function textOfHTML(html: string): string {
  const text = (pieces: readonly HTMLPiece[]): string => pieces.map((piece) => {
    if (typeof piece === "string") return piece
    if (piece.tag === "mx-reply") return ""
    if (piece.tag === "br") return "\n"
    if (piece.tag === "img") return piece.attributes.get("alt") ?? ""
    if (piece.attributes.has("data-mx-spoiler")) return "\u2588".repeat(5)
    const inner = text(piece.children)
    return blockTags.has(piece.tag) || piece.tag === "li" || piece.tag === "tr" ? inner + "\n" : piece.tag === "td" || piece.tag === "th" ? inner + "\t" : inner
  }).join("")
  return text(readHTML(html)).replace(/\n{3,}/g, "\n\n").trim()
}

function blocksOf(pieces: readonly HTMLPiece[]): Block[] {
  const blocks: Block[] = []
  let line: HTMLPiece[] = []
  const flush = () => {
    const children = trimmed(line.flatMap(inlineOf))
    if (children.length > 0) blocks.push({ kind: "paragraph", children })
    line = []
  }
  for (const piece of pieces) {
    if (typeof piece === "string" || !blockTags.has(piece.tag)) line.push(piece)
    else {
      flush()
      blocks.push(...blockOf(piece))
    }
  }
  flush()
  return blocks
}

function blockOf(piece: Exclude<HTMLPiece, string>): Block[] {
  const heading = /^h([1-6])$/.exec(piece.tag)?.[1]
  if (heading !== undefined) return [{ kind: "heading", level: Number(heading), children: trimmed(piece.children.flatMap(inlineOf)) }]
  const maths = piece.attributes.get("data-mx-maths")
  if (maths !== undefined) return [{ kind: "maths", source: maths }]
  switch (piece.tag) {
    case "pre":
      return [codeOf(piece)]
    case "blockquote":
      return [{ kind: "quote", children: blocksOf(piece.children) }]
    case "hr":
      return [{ kind: "rule" }]
    case "ul":
    case "ol": {
      const start = piece.tag === "ul" ? undefined : Math.max(0, Number.parseInt(piece.attributes.get("start") ?? "1", 10) || 0)
      const items = piece.children.filter((child): child is Exclude<HTMLPiece, string> => typeof child !== "string" && child.tag === "li")
      return items.length === 0 ? [] : [{ kind: "list", start, items: items.map((item) => blocksOf(item.children)) }]
    }
    case "table":
      return tableOf(piece)
    default:
      return blocksOf(piece.children)
  }
}

function codeOf(piece: Exclude<HTMLPiece, string>): Block {
  const raw = (pieces: readonly HTMLPiece[]): string => pieces.map((one) => (typeof one === "string" ? one : one.tag === "br" ? "\n" : raw(one.children))).join("")
  const code = piece.children.find((child): child is Exclude<HTMLPiece, string> => typeof child !== "string" && child.tag === "code")
  const language = /(?:^|\s)language-([\w+#.-]{1,40})/.exec(code?.attributes.get("class") ?? "")?.[1]
  return { kind: "code", language, text: raw(piece.children).replace(/\n$/, "") }
}

function tableOf(piece: Exclude<HTMLPiece, string>): Block[] {
  const rows: { cells: Inline[][]; isHead: boolean }[] = []
  const visit = (pieces: readonly HTMLPiece[], isHead: boolean) => {
    for (const one of pieces) {
      if (typeof one === "string") continue
      if (one.tag !== "tr") {
        visit(one.children, isHead || one.tag === "thead")
        continue
      }
      const cells = one.children.filter((cell): cell is Exclude<HTMLPiece, string> => typeof cell !== "string" && (cell.tag === "td" || cell.tag === "th"))
      rows.push({ cells: cells.map((cell) => trimmed(cell.children.flatMap(inlineOf))), isHead: isHead || cells.every((cell) => cell.tag === "th") })
    }
  }
  visit(piece.children, false)
  const width = rows.reduce((most, row) => Math.max(most, row.cells.length), 0)
  if (width === 0) return []
  const filled = rows.map((row) => [...row.cells, ...Array.from({ length: width - row.cells.length }, (): Inline[] => [])])
  const head = rows[0]?.isHead ? filled.shift() : undefined
  return [{ kind: "table", head: head ?? Array.from({ length: width }, (): Inline[] => []), rows: filled }]
}

function inlineOf(piece: HTMLPiece): Inline[] {
  if (typeof piece === "string") return piece === "" ? [] : [{ kind: "text", text: piece.replace(/[ \t\r\n]+/g, " ") }]
  const children = () => piece.children.flatMap(inlineOf)
  const style = Object.prototype.hasOwnProperty.call(styles, piece.tag) ? styles[piece.tag] : undefined
  if (style !== undefined) return [{ kind: style, children: children() }]
  const maths = piece.attributes.get("data-mx-maths")
  if (maths !== undefined) return [{ kind: "maths", source: maths }]
  const reason = piece.attributes.get("data-mx-spoiler")
  if (reason !== undefined) return [{ kind: "spoiler", reason: reason === "" ? undefined : reason, children: children() }]
  switch (piece.tag) {
    case "br":
      return [{ kind: "break" }]
    case "code":
      return [{ kind: "code", text: piece.children.map((child) => (typeof child === "string" ? child : "")).join("") }]
    case "a":
      return linkOf(piece.attributes.get("href") ?? "", children())
    case "img":
      return imageOf(piece.attributes)
    default:
      return blockTags.has(piece.tag) ? [...children(), { kind: "break" }] : children()
  }
}

function linkOf(address: string, children: Inline[]): Inline[] {
  const text = children.map((child) => (child.kind === "text" ? child.text : "")).join("")
  const target = parseMatrixLink(address)
  if (target?.kind === "user" && text !== "") return [{ kind: "mention", mention: { text, target: { kind: "user", userId: target.userId } } }]
  if (target?.kind === "room" && text !== "") return [{ kind: "mention", mention: { text, target: { kind: "room", room: target.room, via: target.via } } }]
  const href = safeHref(address)
  if (href === undefined) return children
  return text === address ? [{ kind: "address", href, text }] : [{ kind: "link", href, children }]
}

function imageOf(attributes: ReadonlyMap<string, string>): Inline[] {
  const alt = attributes.get("alt") ?? attributes.get("title") ?? ""
  const url = attributes.get("src") ?? ""
  const shortcode = /^:?([A-Za-z0-9_-]{1,100}):?$/.exec(alt)?.[1]
  if (attributes.has("data-mx-emoticon") && shortcode !== undefined && url.startsWith("mxc://")) return [{ kind: "emoji", emoji: { shortcode, url } }]
  return alt === "" ? [] : [{ kind: "text", text: alt }]
}

/** Without spaces and line breaks at the ends. */
function trimmed(nodes: readonly Inline[]): Inline[] {
  const output = [...nodes]
  const isEmpty = (node: Inline | undefined) => node !== undefined && (node.kind === "break" || (node.kind === "text" && node.text.trim() === ""))
  while (isEmpty(output[0])) output.shift()
  while (isEmpty(output[output.length - 1])) output.pop()
  const first = output[0]
  if (first?.kind === "text") output[0] = { kind: "text", text: first.text.replace(/^\s+/, "") }
  const last = output[output.length - 1]
  if (last?.kind === "text") output[output.length - 1] = { kind: "text", text: last.text.replace(/\s+$/, "") }
  return output.map((node, index) => (node.kind === "text" && output[index - 1]?.kind === "break" ? { kind: "text", text: node.text.replace(/^ +/, "") } : node))
}
