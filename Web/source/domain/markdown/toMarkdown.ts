import { addressAt } from "./addresses"
import type { Block, Inline } from "./nodes"

/** How a message is written down as Markdown. */
export interface MarkdownOptions {
  /** Leaves out what spoilers hide, for `body`, as the specification wants it. */
  readonly hidesSpoilers?: boolean
  /** Writes text as it is, without marks and escapes: for `body` where there is no formatting. */
  readonly isPlain?: boolean
}

/** A message as Markdown that reads back to the same. */
export function toMarkdown(blocks: readonly Block[], options: MarkdownOptions = {}): string {
  return blocks.map((node) => block(node, options)).join("\n\n")
}

function block(node: Block, options: MarkdownOptions): string {
  switch (node.kind) {
    case "paragraph":
      return lineStarts(inlines(node.children, options), options)
    case "heading":
      return `${"#".repeat(node.level)} ${inlines(node.children, options).replace(/\n/g, " ")}`
    case "code": {
      const marks = "`".repeat(Math.max(3, longestRun(node.text) + 1))
      return `${marks}${node.language ?? ""}\n${node.text}\n${marks}`
    }
    case "maths":
      return node.source.includes("\n") ? `$$\n${node.source}\n$$` : `$$${node.source}$$`
    case "quote":
      return toMarkdown(node.children, options).split("\n").map((line) => (line === "" ? ">" : "> " + line)).join("\n")
    case "list":
      return node.items.map((item, index) => {
        const mark = node.start === undefined ? "- " : `${node.start + index}. `
        const isTight = item.every((one, place) => one.kind === "list" || (place === 0 && one.kind === "paragraph"))
        const inner = item.map((one) => block(one, options)).join(isTight ? "\n" : "\n\n")
        return mark + inner.replace(/\n(?=[^\n])/g, "\n" + " ".repeat(Math.min(4, mark.length)))
      }).join("\n")
    case "table": {
      const row = (cells: readonly (readonly Inline[])[]) =>
        `| ${cells.map((cell) => inlines(cell, options).replace(/\n/g, " ").replace(/\|/g, "\\|")).join(" | ")} |`
      return [row(node.head), `|${node.head.map(() => " --- |").join("")}`, ...node.rows.map(row)].join("\n")
    }
    case "rule":
      return "---"
  }
}

function inlines(nodes: readonly Inline[], options: MarkdownOptions): string {
  return nodes.map((node) => inline(node, options)).join("")
}

function inline(node: Inline, options: MarkdownOptions): string {
  switch (node.kind) {
    case "text":
      return options.isPlain ? node.text : escaped(node.text)
    case "code": {
      const marks = "`".repeat(longestRun(node.text) + 1)
      const pad = node.text.startsWith("`") || node.text.endsWith("`") ? " " : ""
      return marks + pad + node.text + pad + marks
    }
    case "spoiler":
      if (options.hidesSpoilers) return node.reason === undefined ? "[Spoiler]" : `[Spoiler for ${node.reason}]`
      return node.reason === undefined ? `||${inlines(node.children, options)}||` : `||${node.reason}|${inlines(node.children, options)}||`
    case "maths":
      return `$${node.source}$`
    case "link":
      return `[${inlines(node.children, options)}](${/[\s()]/.test(node.href) ? `<${node.href}>` : node.href})`
    case "address":
      return node.text === addressAt(node.text, 0) ? node.text : `<${node.href}>`
    case "mention":
      return node.mention.text
    case "emoji":
      return `:${node.emoji.shortcode}:`
    case "break":
      return "\n"
    case "emphasis":
      return wrapped("*", inlines(node.children, options))
    case "strong":
      return wrapped("**", inlines(node.children, options))
    case "strikethrough":
      return wrapped("~~", inlines(node.children, options))
    case "underline":
      return `<u>${inlines(node.children, options)}</u>`
    case "subscript":
      return `<sub>${inlines(node.children, options)}</sub>`
    case "superscript":
      return `<sup>${inlines(node.children, options)}</sup>`
  }
}

/** Puts marks around a text, inside of the spaces at its ends, where they would not count. */
function wrapped(mark: string, text: string): string {
  const found = /^(\s*)([^]*?)(\s*)$/.exec(text)
  const inner = found?.[2] ?? ""
  return inner === "" ? text : `${found?.[1] ?? ""}${mark}${inner}${mark}${found?.[3] ?? ""}`
}

/** Escapes what would be taken for a mark; a `_` inside of a word or a lone `$` stays as it is. Addresses are left alone. */
function escaped(text: string): string {
  return text.replace(/https?:\/\/\S+|[\\*`]|~~|\|\||(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|\$(?=\S[^$]*\$)|\[(?=[^\]]*\]\()|<(?=\/?(?:u|sub|sup|del|s)>)/gu, (found) =>
    found.startsWith("http") ? found : [...found].map((character) => "\\" + character).join(""))
}

/** Escapes what would begin a block at the start of a line. */
function lineStarts(text: string, options: MarkdownOptions): string {
  if (options.isPlain) return text
  return text.split("\n").map((line) => line
    .replace(/^(\s*)(#{1,6}[ \t]|>|[-+][ \t]|-{3,}\s*$)/, "$1\\$2")
    .replace(/^(\s*\d{1,9})([.)][ \t])/, "$1\\$2")).join("\n")
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0)
}
