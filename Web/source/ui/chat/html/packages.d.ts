declare module "highlight.js/lib/highlight" {
  interface Highlighter {
    highlight(language: string, code: string, ignoreIllegals?: boolean): { readonly value: string }
    registerLanguage(name: string, definition: unknown): void
    getLanguage(name: string): unknown
  }
  const highlighter: Highlighter
  export default highlighter
}
declare module "highlight.js/lib/languages/*" {
  const definition: unknown
  export default definition
}
declare module "katex" {
  const katex: { renderToString(source: string, options: Record<string, unknown>): string }
  export default katex
}
