import { addressAt } from "./addresses"
import { delimited, type DelimiterRun } from "./delimiters"
import { maximumDepth, type CustomEmoji, type Inline, type InlineStyle, type Mention } from "./nodes"

/** What the parser is told of the world outside the text. */
export interface InlineContext {
  /** Mentions that were chosen from completion; recognised by their text. */
  readonly mentions: readonly Mention[]
  readonly emoji: (shortcode: string) => CustomEmoji | undefined
  /** Whether `@room` is a mention. */
  readonly canNotifyRoom: boolean
}

const escapable = /[!-/:-@[-`{-~]/
const wordCharacter = /[\p{L}\p{N}_]/u
const userID = /@[a-zA-Z0-9._=/+-]{1,120}:(?:[a-zA-Z0-9-]+\.)*[a-zA-Z0-9-]+(?::\d{1,5})?/y
const roomAlias = /#[^\s:,()[\]<>"'`*|]{1,120}:(?:[a-zA-Z0-9-]+\.)+[a-zA-Z0-9-]+(?::\d{1,5})?/y
const shortcode = /:([A-Za-z0-9_-]{1,100}):/y
const simpleTags: Record<string, InlineStyle> = { u: "underline", sub: "subscript", sup: "superscript", del: "strikethrough", s: "strikethrough" }

/** Reads the inline structure of a text that may hold line breaks. */
export function parseInline(text: string, context: InlineContext): Inline[] {
  const mentions = [...context.mentions].filter((one) => one.text.length > 1).sort((a, b) => b.text.length - a.text.length)
  return new InlineParser(text, context, mentions, 0, true).parse()
}

class InlineParser {
  private position = 0
  private readonly output: (Inline | DelimiterRun)[] = []
  private pending = ""
  /** Marks for which no end was found from somewhere on: not looked for again. */
  private readonly withoutEnd = new Set<string>()
  private readonly brackets: ReadonlyMap<number, number>

  constructor(
    private readonly text: string, private readonly context: InlineContext, private readonly mentions: readonly Mention[],
    private readonly depth: number, private readonly mayLink: boolean,
  ) {
    this.brackets = matchingBrackets(text)
  }

  parse(): Inline[] {
    while (this.position < this.text.length) {
      if (!this.step()) {
        this.pending += this.text[this.position] ?? ""
        this.position += 1
      }
    }
    this.flush()
    return delimited(this.output)
  }

  /** Reads one construct where there is one; false where the character is just text. */
  private step(): boolean {
    const character = this.text[this.position] ?? ""
    switch (character) {
      case "\\":
        return this.escape()
      case "\n":
        return this.lineBreak()
      case "`":
        return this.code()
      case "*":
      case "_":
        return this.run(character)
      case "~":
        return this.enclosed("~~", (children) => ({ kind: "strikethrough", children }))
      case "|":
        return this.spoiler()
      case "$":
        return this.maths()
      case "[":
        return this.link()
      case "<":
        return this.angle()
      case "@":
        return this.mention() || this.user()
      case "#":
        return this.mention() || this.alias()
      case ":":
        return this.emoji()
      default:
        return this.address()
    }
  }

  private flush() {
    if (this.pending === "") return
    this.output.push({ kind: "text", text: this.pending })
    this.pending = ""
  }

  private push(node: Inline | DelimiterRun, length: number): true {
    this.flush()
    this.output.push(node)
    this.position += length
    return true
  }

  private inner(text: string, mayLink = this.mayLink): Inline[] {
    if (this.depth >= maximumDepth) return [{ kind: "text", text }]
    return new InlineParser(text, this.context, this.mentions, this.depth + 1, mayLink).parse()
  }

  private get previous(): string {
    return this.position === 0 ? "" : [...this.text.slice(Math.max(0, this.position - 2), this.position)].pop() ?? ""
  }

  private get isAtWordStart(): boolean {
    return !wordCharacter.test(this.previous)
  }

  private escape(): boolean {
    const next = this.text[this.position + 1]
    if (next === undefined || !escapable.test(next)) return false
    this.pending += next
    this.position += 2
    return true
  }

  private lineBreak(): boolean {
    this.pending = this.pending.replace(/[ \t]+$/, "")
    return this.push({ kind: "break" }, 1)
  }

  private code(): boolean {
    const marks = /^`+/.exec(this.text.slice(this.position, this.position + 64))?.[0] ?? "`"
    if (!this.withoutEnd.has(marks)) {
      for (let at = this.text.indexOf(marks, this.position + marks.length); at !== -1; at = this.text.indexOf(marks, at)) {
        let end = at
        while (this.text[end] === "`") end += 1
        if (end - at === marks.length) {
          let content = this.text.slice(this.position + marks.length, at).replace(/\n/g, " ")
          if (/^ .*[^ ].* $/.test(content)) content = content.slice(1, -1)
          return this.push({ kind: "code", text: content }, end - this.position)
        }
        at = end
      }
      this.withoutEnd.add(marks)
    }
    this.pending += marks
    this.position += marks.length
    return true
  }

  private run(character: "*" | "_"): boolean {
    let length = 1
    while (this.text[this.position + length] === character) length += 1
    const before = this.previous
    const after = String.fromCodePoint(this.text.codePointAt(this.position + length) ?? 32)
    return this.push({ kind: "run", character, length, before, after }, length)
  }

  /** The position of the closing mark, after at least one character; -1 where there is none. */
  private closing(mark: string, openingLength = mark.length): number {
    if (this.withoutEnd.has(mark)) return -1
    let from = this.position + openingLength + 1
    for (;;) {
      const at = this.text.indexOf(mark, from)
      if (at === -1) {
        this.withoutEnd.add(mark)
        return -1
      }
      // An escaped mark does not close.
      if (this.text[at - 1] !== "\\") return at
      from = at + 1
    }
  }

  private enclosed(mark: string, make: (children: Inline[]) => Inline): boolean {
    if (!this.text.startsWith(mark, this.position)) return false
    const at = this.closing(mark)
    if (at === -1) return false
    const content = this.text.slice(this.position + mark.length, at)
    if (content.trim() === "") return false
    return this.push(make(this.inner(content)), at + mark.length - this.position)
  }

  private spoiler(): boolean {
    if (!this.text.startsWith("||", this.position)) return false
    const at = this.closing("||")
    if (at === -1) return false
    const content = this.text.slice(this.position + 2, at)
    if (content.trim() === "") return false
    const bar = /^([^|\n]{1,200})\|([^|][^]*)$/.exec(content)
    const reason = bar?.[1]?.trim()
    const children = this.inner(bar?.[2] ?? content)
    return this.push({ kind: "spoiler", reason: reason === "" ? undefined : reason, children }, at + 2 - this.position)
  }

  private maths(): boolean {
    if (this.text.startsWith("$$", this.position)) {
      const at = this.closing("$$")
      const source = at === -1 ? "" : this.text.slice(this.position + 2, at).trim()
      return source !== "" && this.push({ kind: "maths", source }, at + 2 - this.position)
    }
    // As pandoc does: no space inside of the marks, no digit behind the second, so that prices stay prices.
    if (/^\$[\s$]/.test(this.text.slice(this.position, this.position + 2)) || wordCharacter.test(this.previous)) return false
    const found = /^\$((?:\\[^\n]|[^$\\\n]){1,2000})\$(?!\d)/.exec(this.text.slice(this.position, this.position + 2010))
    const source = found?.[1]
    if (source === undefined || /\s$/.test(source)) return false
    return this.push({ kind: "maths", source }, source.length + 2)
  }

  private link(): boolean {
    if (!this.mayLink) return false
    const close = this.brackets.get(this.position)
    if (close === undefined || this.text[close + 1] !== "(") return false
    const target = /^\(\s*(?:<([^<>\n]{1,2048})>|((?:[^\s()\\]|\\.|\((?:[^\s()\\]|\\.)*\)){1,2048}))(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/
      .exec(this.text.slice(close + 1, close + 4000))
    const href = safeHref((target?.[1] ?? target?.[2] ?? "").replace(/\\([!-/:-@[-`{-~])/g, "$1"))
    if (target?.[0] === undefined || href === undefined) return false
    const label = this.text.slice(this.position + 1, close)
    const children = label.trim() === "" ? [{ kind: "text" as const, text: href }] : this.inner(label, false)
    return this.push({ kind: "link", href, children }, close + 1 + target[0].length - this.position)
  }

  private angle(): boolean {
    const rest = this.text.slice(this.position, this.position + 2100)
    const address = /^<((?:https?:\/\/|mailto:|matrix:)[^\s<>]{1,2048})>/i.exec(rest)
    if (address?.[1] !== undefined) return this.push({ kind: "address", href: address[1], text: address[1] }, address[1].length + 2)
    const tag = /^<(u|sub|sup|del|s)>/i.exec(rest)?.[1]?.toLowerCase()
    const style = tag === undefined ? undefined : simpleTags[tag]
    if (tag === undefined || style === undefined) return false
    const mark = `</${tag}>`
    const at = this.closing(mark, tag.length + 2)
    if (at === -1) return false
    const start = this.position + tag.length + 2
    return at > start && this.push({ kind: style, children: this.inner(this.text.slice(start, at)) }, at + mark.length - this.position)
  }

  private mention(): boolean {
    if (!this.isAtWordStart) return false
    const found = this.mentions.find((one) => this.text.startsWith(one.text, this.position) && this.endsWord(this.position + one.text.length))
    if (found !== undefined) return this.push({ kind: "mention", mention: found }, found.text.length)
    if (!this.context.canNotifyRoom || !this.text.startsWith("@room", this.position) || !this.endsWord(this.position + 5)) return false
    return this.push({ kind: "mention", mention: { text: "@room", target: { kind: "everyone" } } }, 5)
  }

  private endsWord(position: number): boolean {
    const next = this.text.codePointAt(position)
    return next === undefined || !wordCharacter.test(String.fromCodePoint(next))
  }

  private user(): boolean {
    if (!this.isAtWordStart || !this.mayLink) return false
    userID.lastIndex = this.position
    const found = userID.exec(this.text)?.[0]
    return found !== undefined && this.push({ kind: "mention", mention: { text: found, target: { kind: "user", userId: found } } }, found.length)
  }

  private alias(): boolean {
    if (!this.isAtWordStart || !this.mayLink) return false
    roomAlias.lastIndex = this.position
    const found = roomAlias.exec(this.text)?.[0]
    return found !== undefined && this.push({ kind: "mention", mention: { text: found, target: { kind: "room", room: found, via: [] } } }, found.length)
  }

  private emoji(): boolean {
    shortcode.lastIndex = this.position
    const name = shortcode.exec(this.text)?.[1]
    const emoji = name === undefined ? undefined : this.context.emoji(name)
    return name !== undefined && emoji !== undefined && this.push({ kind: "emoji", emoji }, name.length + 2)
  }

  private address(): boolean {
    if (!this.mayLink || !this.isAtWordStart) return false
    const found = addressAt(this.text, this.position)
    return found !== undefined && this.push({ kind: "address", href: found, text: found }, found.length)
  }
}

/** An address that may be linked to, or undefined. Addresses without a scheme are taken for https. */
export function safeHref(href: string): string | undefined {
  if (/^(?:https?:\/\/|mailto:|matrix:)\S+$/i.test(href)) return href
  if (/^(?:[a-z0-9-]+\.)+[a-z]{2,}(?:[/?#:]\S*)?$/i.test(href)) return "https://" + href
  return undefined
}

/** Where each `[` is closed; brackets in code and escaped ones do not count. */
function matchingBrackets(text: string): Map<number, number> {
  const matching = new Map<number, number>()
  if (!text.includes("](")) return matching
  const open: number[] = []
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (character === "\\") at += 1
    else if (character === "`") {
      const marks = /^`+/.exec(text.slice(at, at + 64))?.[0] ?? "`"
      const end = text.indexOf(marks, at + marks.length)
      at = end === -1 ? at + marks.length - 1 : end + marks.length - 1
    } else if (character === "[") open.push(at)
    else if (character === "]") {
      const start = open.pop()
      if (start !== undefined) matching.set(start, at)
    }
  }
  return matching
}
