/** An element of HTML that was read without a browser, or a text. */
export type HTMLPiece = { readonly tag: string; readonly attributes: ReadonlyMap<string, string>; readonly children: HTMLPiece[] } | string

const voidTags = new Set(["br", "hr", "img", "wbr", "input", "meta", "link", "col", "area", "base", "source", "track", "embed"])
const rawTags = new Set(["script", "style", "textarea", "title", "iframe", "noscript", "xmp", "noembed", "noframes"])
const closesParagraph = new Set([
  "p", "div", "ul", "ol", "pre", "blockquote", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "details", "li",
])
const entities: Record<string, string> = {
  amp: "&", lt: "<", gt: ">", quot: "\"", apos: "'", nbsp: "\u00a0", hellip: "\u2026", ndash: "\u2013", mdash: "\u2014", lsquo: "\u2018",
  rsquo: "\u2019", ldquo: "\u201c", rdquo: "\u201d", laquo: "\u00ab", raquo: "\u00bb", copy: "\u00a9", reg: "\u00ae", euro: "\u20ac", shy: "\u00ad",
  auml: "\u00e4", ouml: "\u00f6", uuml: "\u00fc", Auml: "\u00c4", Ouml: "\u00d6", Uuml: "\u00dc", szlig: "\u00df", times: "\u00d7", middot: "\u00b7",
  bull: "\u2022", rarr: "\u2192", larr: "\u2190",
}
const maximumNesting = 100
const maximumPieces = 20_000
const maximumTagLength = 4096

/**
 * Reads HTML into a tree, where no browser is at hand: to edit an old message, to take its text. What is shown never goes through here,
 * so that mistakes of this reader cannot be dangerous.
 */
export function readHTML(html: string): HTMLPiece[] {
  const root: HTMLPiece[] = []
  const open: { tag: string; children: HTMLPiece[] }[] = []
  const target = () => open[open.length - 1]?.children ?? root
  const lowerCase = html.toLowerCase()
  let at = 0
  for (let count = 0; at < html.length && count < maximumPieces; count += 1) {
    const token = tokenAt(html, at)
    at = token.end
    const tag = token.tag?.toLowerCase()
    if (tag === undefined) {
      if (token.text !== undefined) target().push(decodeEntities(token.text))
    } else if (token.isEnd) {
      let index = open.length - 1
      while (index >= 0 && open[index]?.tag !== tag) index -= 1
      if (index !== -1) open.length = index
    } else if (rawTags.has(tag)) {
      const end = lowerCase.indexOf(`</${tag}`, at)
      at = end === -1 ? html.length : end
    } else {
      if (closesParagraph.has(tag) && open[open.length - 1]?.tag === "p") open.pop()
      if (tag === "li" && open[open.length - 1]?.tag === "li") open.pop()
      const piece = { tag, attributes: attributes(token.text ?? ""), children: [] }
      target().push(piece)
      if (!voidTags.has(tag) && open.length < maximumNesting) open.push(piece)
    }
  }
  return root
}

/** A text, a comment (neither tag nor text), or a tag with its attributes as text. */
interface Token { readonly end: number; readonly tag?: string; readonly isEnd?: boolean; readonly text?: string }

function tokenAt(html: string, at: number): Token {
  if (html[at] !== "<") {
    const next = html.indexOf("<", at)
    const end = next === -1 ? html.length : next
    return { end, text: html.slice(at, end) }
  }
  if (html.startsWith("<!--", at)) {
    const end = html.indexOf("-->", at + 4)
    return { end: end === -1 ? html.length : end + 3 }
  }
  const name = /^<(\/?)([a-zA-Z][a-zA-Z0-9-]{0,63})/.exec(html.slice(at, at + 66))
  const tag = name?.[2]
  if (tag === undefined) return { end: at + 1, text: "<" }
  const start = at + 1 + (name?.[1] ?? "").length + tag.length
  let quote = ""
  for (let end = start; end < html.length && end - start < maximumTagLength; end += 1) {
    const character = html[end] ?? ""
    if (quote !== "") quote = character === quote ? "" : quote
    else if (character === "\"" || character === "'") quote = character
    else if (character === ">") return { end: end + 1, tag, isEnd: name?.[1] === "/", text: html.slice(start, end) }
    else if (character === "<") break
  }
  return { end: at + 1, text: "<" }
}

function attributes(text: string): Map<string, string> {
  const output = new Map<string, string>()
  for (const found of text.matchAll(/([^\s=/"'>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g)) {
    const name = found[1]?.toLowerCase()
    if (name !== undefined && !output.has(name)) output.set(name, decodeEntities(found[2] ?? found[3] ?? found[4] ?? ""))
  }
  return output
}

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]{2,8}));/g, (whole, decimal?: string, hexadecimal?: string, name?: string) => {
    if (name !== undefined) return Object.prototype.hasOwnProperty.call(entities, name) ? entities[name] ?? whole : whole
    const code = decimal === undefined ? Number.parseInt(hexadecimal ?? "", 16) : Number.parseInt(decimal, 10)
    return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000) ? String.fromCodePoint(code) : "\ufffd"
  })
}
