import { createElement, type ReactNode } from "react"

type Definition = () => Promise<{ readonly default: unknown }>

/** Languages that can be coloured, each loaded when it is first met. */
const languages: Record<string, Definition> = {
  bash: () => import("highlight.js/lib/languages/bash"),
  c: () => import("highlight.js/lib/languages/cpp"),
  clojure: () => import("highlight.js/lib/languages/clojure"),
  cmake: () => import("highlight.js/lib/languages/cmake"),
  cpp: () => import("highlight.js/lib/languages/cpp"),
  csharp: () => import("highlight.js/lib/languages/cs"),
  css: () => import("highlight.js/lib/languages/css"),
  dart: () => import("highlight.js/lib/languages/dart"),
  diff: () => import("highlight.js/lib/languages/diff"),
  dockerfile: () => import("highlight.js/lib/languages/dockerfile"),
  elixir: () => import("highlight.js/lib/languages/elixir"),
  erlang: () => import("highlight.js/lib/languages/erlang"),
  go: () => import("highlight.js/lib/languages/go"),
  haskell: () => import("highlight.js/lib/languages/haskell"),
  ini: () => import("highlight.js/lib/languages/ini"),
  java: () => import("highlight.js/lib/languages/java"),
  javascript: () => import("highlight.js/lib/languages/javascript"),
  json: () => import("highlight.js/lib/languages/json"),
  kotlin: () => import("highlight.js/lib/languages/kotlin"),
  latex: () => import("highlight.js/lib/languages/tex"),
  lua: () => import("highlight.js/lib/languages/lua"),
  makefile: () => import("highlight.js/lib/languages/makefile"),
  markdown: () => import("highlight.js/lib/languages/markdown"),
  nginx: () => import("highlight.js/lib/languages/nginx"),
  nix: () => import("highlight.js/lib/languages/nix"),
  perl: () => import("highlight.js/lib/languages/perl"),
  php: () => import("highlight.js/lib/languages/php"),
  python: () => import("highlight.js/lib/languages/python"),
  r: () => import("highlight.js/lib/languages/r"),
  ruby: () => import("highlight.js/lib/languages/ruby"),
  rust: () => import("highlight.js/lib/languages/rust"),
  scala: () => import("highlight.js/lib/languages/scala"),
  sql: () => import("highlight.js/lib/languages/sql"),
  swift: () => import("highlight.js/lib/languages/swift"),
  typescript: () => import("highlight.js/lib/languages/typescript"),
  xml: () => import("highlight.js/lib/languages/xml"),
  yaml: () => import("highlight.js/lib/languages/yaml"),
}

const aliases: Record<string, string> = {
  sh: "bash", shell: "bash", zsh: "bash", console: "bash", "c++": "cpp", h: "cpp", hpp: "cpp", cs: "csharp", "c#": "csharp", js: "javascript", jsx: "javascript",
  mjs: "javascript", ts: "typescript", tsx: "typescript", py: "python", rb: "ruby", rs: "rust", kt: "kotlin", hs: "haskell", md: "markdown", yml: "yaml",
  html: "xml", svg: "xml", toml: "ini", tex: "latex", golang: "go", docker: "dockerfile", make: "makefile", patch: "diff", ex: "elixir", erl: "erlang", clj: "clojure", pl: "perl",
}

const maximumLength = 30_000

/** The language by its usual names; undefined where it cannot be coloured. */
export function knownLanguage(name: string): string | undefined {
  const lower = name.toLowerCase()
  const key = Object.prototype.hasOwnProperty.call(aliases, lower) ? aliases[lower] ?? lower : lower
  return Object.prototype.hasOwnProperty.call(languages, key) ? key : undefined
}

/** Code in colours; rejects where the language cannot be had. */
export async function highlighted(code: string, language: string): Promise<ReactNode> {
  const load = languages[language]
  if (load === undefined || code.length > maximumLength) return code
  const [{ default: highlighter }, { default: definition }] = await Promise.all([import("highlight.js/lib/highlight"), load()])
  if (highlighter.getLanguage(language) === undefined) highlighter.registerLanguage(language, definition)
  const page = new DOMParser().parseFromString(highlighter.highlight(language, code, true).value, "text/html")
  return coloured(page.body)
}

/** Only spans with the highlighter's classes and texts. */
function coloured(node: Node): ReactNode[] {
  return [...node.childNodes].map((child, index) => {
    if (!(child instanceof Element)) return child.textContent
    const name = [...child.classList].filter((one) => /^hljs-[a-z_-]+$/.test(one)).join(" ")
    return createElement("span", { key: index, className: name }, ...coloured(child))
  })
}
