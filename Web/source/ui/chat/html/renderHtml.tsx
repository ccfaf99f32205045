import { createElement, Fragment, type ReactNode } from "react"
import { isMXC } from "../../../domain/timeline/MediaFile"
import { EmojiImage } from "../../emoji/EmojiImage"
import { CodeBlock } from "./CodeBlock"
import { readableColours } from "./colours"
import { InlineImage } from "./InlineImage"
import { Maths } from "./Maths"
import { SafeLink } from "./SafeLink"
import { plainText } from "./plainText"
import { Spoiler } from "./Spoiler"
import "./html.css"

const maximumDepth = 100
const maximumNodes = 4000
const maximumLength = 200_000
const maximumPictures = 60

/** Tags that are shown as they are, without any attribute. */
const plainTags = new Set(["del", "blockquote", "p", "ul", "sup", "sub", "li", "b", "i", "u", "strong", "em", "s", "hr", "br", "div", "thead", "tbody", "tr", "th", "td", "caption", "summary"])
/** Tags that are left out with all that is in them. */
const droppedTags = new Set(["mx-reply", "script", "style", "template", "iframe", "object", "embed", "noscript", "title", "head", "textarea", "select", "svg", "math", "audio", "video", "canvas", "form", "input", "button"])
/** What may stand in a table or its parts: React says so where the browser would move it elsewhere. */
const rowParents: Record<string, ReadonlySet<string>> = {
  table: new Set(["thead", "tbody", "tr", "caption"]), thead: new Set(["tr"]), tbody: new Set(["tr"]), tr: new Set(["th", "td"]),
}

/**
 * Turns the HTML of a stranger into elements of ours: the one way by which foreign markup gets onto the page. It is read into a document that
 * runs nothing and loads nothing; from there only what the specification allows is built anew, piece by piece, within bounds of depth and
 * number. Everything else is left out, its text is kept.
 */
export function renderHtml(html: string): ReactNode {
  const page = new DOMParser().parseFromString(html.slice(0, maximumLength), "text/html")
  return new Renderer().children(page.body, 0, "body")
}

class Renderer {
  private nodes = 0
  private pictures = 0

  children(parent: Node, depth: number, parentTag: string, isInLink = false): ReactNode[] {
    const output: ReactNode[] = []
    const allowed = rowParents[parentTag]
    for (const child of parent.childNodes) {
      this.nodes += 1
      if (this.nodes > maximumNodes || depth > maximumDepth) break
      if (child.nodeType === Node.TEXT_NODE) {
        if (allowed === undefined) output.push(...plainText(child.nodeValue ?? "", !isInLink))
      } else if (child instanceof Element && (allowed === undefined || allowed.has(child.localName))) {
        const node = this.element(child, depth + 1, isInLink)
        if (node !== null) output.push(<Fragment key={output.length}>{node}</Fragment>)
      }
    }
    return output
  }

  private element(element: Element, depth: number, isInLink: boolean): ReactNode {
    const tag = element.localName
    if (droppedTags.has(tag)) return null
    const inner = () => this.children(element, depth, tag, isInLink)
    if (plainTags.has(tag)) return tag === "br" || tag === "hr" ? createElement(tag) : this.withMaths(element) ?? createElement(tag, { dir: blockDirection(tag) }, ...inner())
    switch (tag) {
      case "a":
        return this.link(element, depth, isInLink)
      case "img":
        return this.picture(element)
      case "span":
      case "font":
        return this.span(element, inner)
      case "code":
        return <code>{element.textContent}</code>
      case "pre":
        return this.code(element)
      case "ol": {
        const start = Number.parseInt(element.getAttribute("start") ?? "", 10)
        return <ol start={Number.isFinite(start) && Math.abs(start) < 1e9 ? start : undefined}>{inner()}</ol>
      }
      case "h1":
      case "h2":
      case "h3":
      case "h4":
      case "h5":
      case "h6":
        // Headings of messages are none of the page's.
        return <p className="html-heading" data-level={tag.slice(1)} dir="auto">{inner()}</p>
      case "table":
        return <div className="html-table" tabIndex={0}><table>{inner()}</table></div>
      case "details":
        return <details>{inner()}</details>
      case "strike":
        return <s>{inner()}</s>
      default:
        return <>{inner()}</>
    }
  }

  private withMaths(element: Element): ReactNode {
    const source = element.localName === "div" ? element.getAttribute("data-mx-maths") : null
    return source === null || source === "" ? undefined : <Maths source={source} isBlock />
  }

  private span(element: Element, inner: () => ReactNode[]): ReactNode {
    const maths = element.getAttribute("data-mx-maths")
    if (maths !== null && maths !== "") return <Maths source={maths} isBlock={false} />
    const reason = element.getAttribute("data-mx-spoiler")
    if (reason !== null) return <Spoiler reason={reason.trim() === "" ? undefined : reason.slice(0, 200)}>{inner()}</Spoiler>
    const style = readableColours(element.getAttribute("data-mx-color") ?? element.getAttribute("color"), element.getAttribute("data-mx-bg-color"))
    return style === undefined ? <>{inner()}</> : <span className="html-coloured" style={style}>{inner()}</span>
  }

  private link(element: Element, depth: number, isInLink: boolean): ReactNode {
    const href = element.getAttribute("href")?.trim() ?? ""
    const inner = this.children(element, depth, "a", true)
    if (isInLink || !/^(?:https?:\/\/|mailto:|matrix:)/i.test(href) || href.length > 4096) return <>{inner}</>
    return <SafeLink href={href} text={element.textContent ?? ""}>{inner}</SafeLink>
  }

  private picture(element: Element): ReactNode {
    const source = element.getAttribute("src") ?? ""
    const alt = (element.getAttribute("alt") ?? element.getAttribute("title") ?? "").slice(0, 300)
    this.pictures += 1
    if (!isMXC(source) || this.pictures > maximumPictures) return <>{alt}</>
    if (element.hasAttribute("data-mx-emoticon")) return <EmojiImage url={source} alt={alt} title={alt} size={24} className="html-emoji" />
    const side = (name: string) => {
      const value = Number.parseInt(element.getAttribute(name) ?? "", 10)
      return value > 0 && value < 10_000 ? value : undefined
    }
    return <InlineImage url={source} alt={alt} width={side("width")} height={side("height")} />
  }

  private code(element: Element): ReactNode {
    const code = element.querySelector("code")
    const language = [...(code?.classList ?? [])].find((name) => name.startsWith("language-"))?.slice("language-".length, 60)
    return <CodeBlock code={(element.textContent ?? "").replace(/\n$/, "")} language={language} />
  }
}

function blockDirection(tag: string): "auto" | undefined {
  return tag === "p" || tag === "li" || tag === "blockquote" || tag === "td" || tag === "th" ? "auto" : undefined
}
