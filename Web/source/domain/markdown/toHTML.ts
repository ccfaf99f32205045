import { linkTo } from "./matrixLinks"
import type { Block, Inline, InlineStyle, Mention } from "./nodes"

const tags: Record<InlineStyle, string> = {
  emphasis: "em", strong: "strong", strikethrough: "del", underline: "u", subscript: "sub", superscript: "sup",
}

/** The HTML of a message, of nothing but the specification's list of tags and attributes. A single paragraph stands without `<p>`. */
export function toHTML(blocks: readonly Block[]): string {
  const [only] = blocks
  if (blocks.length === 1 && only?.kind === "paragraph") return inlines(only.children)
  return blocks.map(block).join("")
}

/** Text with the characters escaped that HTML gives a meaning to. */
export function escapeHTML(text: string): string {
  return text.replace(/[&<>"]/g, (character) => (character === "&" ? "&amp;" : character === "<" ? "&lt;" : character === ">" ? "&gt;" : "&quot;"))
}

function block(node: Block): string {
  switch (node.kind) {
    case "paragraph":
      return `<p>${inlines(node.children)}</p>`
    case "heading":
      return `<h${node.level}>${inlines(node.children)}</h${node.level}>`
    case "code": {
      const language = node.language === undefined ? "" : ` class="language-${escapeHTML(node.language)}"`
      return `<pre><code${language}>${escapeHTML(node.text)}\n</code></pre>`
    }
    case "maths":
      return `<div data-mx-maths="${escapeHTML(node.source)}"><code>${escapeHTML(node.source)}</code></div>`
    case "quote":
      return `<blockquote>${toHTML(node.children)}</blockquote>`
    case "list": {
      const tag = node.start === undefined ? "ul" : "ol"
      const start = node.start === undefined || node.start === 1 ? "" : ` start="${node.start}"`
      return `<${tag}${start}>${node.items.map((item) => `<li>${listItem(item)}</li>`).join("")}</${tag}>`
    }
    case "table": {
      const head = `<thead><tr>${node.head.map((cell) => `<th>${inlines(cell)}</th>`).join("")}</tr></thead>`
      const rows = node.rows.map((row) => `<tr>${row.map((cell) => `<td>${inlines(cell)}</td>`).join("")}</tr>`).join("")
      return `<table>${head}${rows === "" ? "" : `<tbody>${rows}</tbody>`}</table>`
    }
    case "rule":
      return "<hr>"
  }
}

/** The first paragraph of an item stands without `<p>` where only lists follow it. */
function listItem(blocks: readonly Block[]): string {
  const [first, ...rest] = blocks
  if (first?.kind === "paragraph" && rest.every((one) => one.kind === "list")) return inlines(first.children) + rest.map(block).join("")
  return blocks.map(block).join("")
}

function inlines(nodes: readonly Inline[]): string {
  return nodes.map(inline).join("")
}

function inline(node: Inline): string {
  switch (node.kind) {
    case "text":
      return escapeHTML(node.text)
    case "code":
      return `<code>${escapeHTML(node.text)}</code>`
    case "spoiler":
      return `<span data-mx-spoiler="${escapeHTML(node.reason ?? "")}">${inlines(node.children)}</span>`
    case "maths":
      return `<span data-mx-maths="${escapeHTML(node.source)}"><code>${escapeHTML(node.source)}</code></span>`
    case "link":
      return `<a href="${escapeHTML(node.href)}">${inlines(node.children)}</a>`
    case "address":
      return `<a href="${escapeHTML(node.href)}">${escapeHTML(node.text)}</a>`
    case "mention":
      return mention(node.mention)
    case "emoji": {
      const name = escapeHTML(`:${node.emoji.shortcode}:`)
      return `<img data-mx-emoticon src="${escapeHTML(node.emoji.url)}" alt="${name}" title="${name}" height="32">`
    }
    case "break":
      return "<br>"
    default:
      return `<${tags[node.kind]}>${inlines(node.children)}</${tags[node.kind]}>`
  }
}

function mention(one: Mention): string {
  switch (one.target.kind) {
    case "user":
      return `<a href="${escapeHTML(linkTo({ kind: "user", userId: one.target.userId }))}">${escapeHTML(one.text)}</a>`
    case "room":
      return `<a href="${escapeHTML(linkTo({ kind: "room", room: one.target.room, via: one.target.via }))}">${escapeHTML(one.text)}</a>`
    case "role":
      return `<strong>${escapeHTML(one.text)}</strong>`
    case "everyone":
      return escapeHTML(one.text)
  }
}
