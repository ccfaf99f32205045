import { createElement, useEffect, useState, type ReactNode } from "react"

const tags = new Set([
  "math", "semantics", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup", "munder", "mover", "munderover",
  "mtable", "mtr", "mtd", "mstyle", "mpadded", "mphantom", "menclose", "merror", "mglyph", "ms",
])
const attributes: Record<string, string> = {
  mathvariant: "mathvariant", stretchy: "stretchy", fence: "fence", separator: "separator", symmetric: "symmetric", largeop: "largeop", movablelimits: "movablelimits",
  accent: "accent", accentunder: "accentunder", linethickness: "linethickness", lspace: "lspace", rspace: "rspace", width: "width", height: "height", depth: "depth",
  minsize: "minsize", maxsize: "maxsize", displaystyle: "displaystyle", scriptlevel: "scriptlevel", columnalign: "columnalign", rowspacing: "rowspacing",
  columnspacing: "columnspacing", columnlines: "columnlines", rowlines: "rowlines", notation: "notation", form: "form", display: "display", voffset: "voffset",
}
const maximumNodes = 5000
const maximumLength = 4000

/** A formula as MathML, which browsers set themselves; its source until that is loaded, and where it is wrong. */
export function Maths({ source, isBlock }: { source: string; isBlock: boolean }) {
  const [formula, setFormula] = useState<ReactNode>()
  useEffect(() => {
    let isCurrent = true
    if (source.length <= maximumLength) rendered(source, isBlock).then((result) => isCurrent && setFormula(result), () => undefined)
    return () => {
      isCurrent = false
    }
  }, [source, isBlock])
  const content = formula ?? <code>{source}</code>
  return isBlock ? <div className="maths maths-block" tabIndex={0}>{content}</div> : <span className="maths">{content}</span>
}

async function rendered(source: string, isBlock: boolean): Promise<ReactNode> {
  const { default: katex } = await import("katex")
  const markup = katex.renderToString(source, { output: "mathml", displayMode: isBlock, throwOnError: true, trust: false, strict: "ignore", maxExpand: 200, maxSize: 10 })
  const page = new DOMParser().parseFromString(markup, "text/html")
  const root = page.querySelector("math")
  if (root === null) throw new Error("no formula")
  let count = 0
  const convert = (node: Element, key: number): ReactNode => {
    count += 1
    if (count > maximumNodes || node.localName === "annotation" || !tags.has(node.localName)) return null
    const properties: Record<string, string | number> = { key }
    for (const attribute of node.attributes) {
      const name = attributes[attribute.name]
      if (name !== undefined && attribute.value.length < 40 && /^[\w\s.%+-]*$/.test(attribute.value)) properties[name] = attribute.value
    }
    return createElement(node.localName, properties, ...[...node.childNodes].map((child, index) => (child instanceof Element ? convert(child, index) : child.textContent)))
  }
  return convert(root, 0)
}
