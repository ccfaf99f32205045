import assert from "node:assert/strict"
import { test } from "node:test"
import type { Mention } from "../../../source/domain/markdown/nodes"
import { parseMarkdown } from "../../../source/domain/markdown/parseBlocks"
import type { InlineContext } from "../../../source/domain/markdown/parseInline"
import { toHTML } from "../../../source/domain/markdown/toHTML"

const plain: InlineContext = { mentions: [], emoji: () => undefined, canNotifyRoom: false }

function html(source: string, context: Partial<InlineContext> = {}): string {
  return toHTML(parseMarkdown(source, { ...plain, ...context }))
}

function expectAll(cases: readonly (readonly [string, string])[]) {
  for (const [source, expected] of cases) assert.equal(html(source), expected, source)
}

test("styles nest and close as CommonMark says", () => {
  expectAll([
    ["*a*", "<em>a</em>"],
    ["**a**", "<strong>a</strong>"],
    ["***a***", "<em><strong>a</strong></em>"],
    ["**a *b* c**", "<strong>a <em>b</em> c</strong>"],
    ["*a **b***", "<em>a <strong>b</strong></em>"],
    ["_a_ __b__", "<em>a</em> <strong>b</strong>"],
    ["snake_case_name", "snake_case_name"],
    ["2*3*4", "2<em>3</em>4"],
    ["2 * 3 * 4", "2 * 3 * 4"],
    ["*a", "*a"],
    ["a**", "a**"],
    ["x **** y", "x **** y"],
    ["*a _b* c_", "<em>a _b</em> c_"],
    ["~~gone~~ ~one~", "<del>gone</del> ~one~"],
    ["<u>a</u> x<sub>2</sub> <b>no</b>", "<u>a</u> x<sub>2</sub> &lt;b&gt;no&lt;/b&gt;"],
  ])
})

test("escapes take the meaning of a mark", () => {
  expectAll([["\\*a\\*", "*a*"], ["\\# a", "# a"], ["a\\b", "a\\b"], ["\\||a||", "||a||"], ["`\\*`", "<code>\\*</code>"]])
})

test("code keeps what is in it", () => {
  expectAll([
    ["`a*b*`", "<code>a*b*</code>"],
    ["`` a`b ``", "<code>a`b</code>"],
    ["`open", "`open"],
    ["```js\nlet a = \"<b>\"\n```", "<pre><code class=\"language-js\">let a = &quot;&lt;b&gt;&quot;\n</code></pre>"],
    ["```\nno end", "<pre><code>no end\n</code></pre>"],
    ["~~~\na\n```\n~~~", "<pre><code>a\n```\n</code></pre>"],
  ])
})

test("a line break is a line break and a blank line a paragraph", () => {
  expectAll([["a\nb", "a<br>b"], ["a\n\nb", "<p>a</p><p>b</p>"], ["a\n\n\n\nb\nc", "<p>a</p><p>b<br>c</p>"]])
})

test("quotes end where their marks end", () => {
  expectAll([
    ["> a\nb", "<blockquote>a</blockquote><p>b</p>"],
    ["> a\n> > b", "<blockquote><p>a</p><blockquote>b</blockquote></blockquote>"],
    ["> # h\n> - x", "<blockquote><h1>h</h1><ul><li>x</li></ul></blockquote>"],
  ])
})

test("lists nest, are numbered from where they begin, and need a space", () => {
  expectAll([
    ["- a\n- b", "<ul><li>a</li><li>b</li></ul>"],
    ["3. a\n4. b", "<ol start=\"3\"><li>a</li><li>b</li></ol>"],
    ["- a\n  - b\n    - c\n- d", "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li><li>d</li></ul>"],
    ["1. a\n   - b", "<ol><li>a<ul><li>b</li></ul></li></ol>"],
    ["+1 for that", "+1 for that"],
    ["-5 degrees", "-5 degrees"],
    ["- a\n\n  b", "<ul><li><p>a</p><p>b</p></li></ul>"],
  ])
})

test("headings, rules and tables", () => {
  expectAll([
    ["## Title ##", "<h2>Title</h2>"],
    ["#tag", "#tag"],
    ["a\n\n---\n\nb", "<p>a</p><hr><p>b</p>"],
    ["| a | b |\n|---|:-:|\n| 1 | `x|y` |\n| 2 |", "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td><code>x|y</code></td></tr><tr><td>2</td><td></td></tr></tbody></table>"],
    ["a | b", "a | b"],
  ])
})

test("spoilers may have a reason", () => {
  expectAll([
    ["||x||", "<span data-mx-spoiler=\"\">x</span>"],
    ["||the end|**x** dies||", "<span data-mx-spoiler=\"the end\"><strong>x</strong> dies</span>"],
    ["||||", "||||"],
    ["a || b", "a || b"],
  ])
})

test("maths is not money", () => {
  expectAll([
    ["$x^2$", "<span data-mx-maths=\"x^2\"><code>x^2</code></span>"],
    ["it costs $5 or $6", "it costs $5 or $6"],
    ["5$ and 6$", "5$ and 6$"],
    ["$$\\frac{a}{b}$$", "<div data-mx-maths=\"\\frac{a}{b}\"><code>\\frac{a}{b}</code></div>"],
    ["$$\na\nb\n$$", "<div data-mx-maths=\"a\nb\"><code>a\nb</code></div>"],
  ])
})

test("links are only made to addresses that are safe", () => {
  expectAll([
    ["[a](https://x.example/y)", "<a href=\"https://x.example/y\">a</a>"],
    ["[a](x.example)", "<a href=\"https://x.example\">a</a>"],
    ["[a](javascript:alert(1))", "[a](javascript:alert(1))"],
    ["[a](data:text/html,x)", "[a](data:text/html,x)"],
    ["[a [b] c](https://x.example)", "<a href=\"https://x.example\">a [b] c</a>"],
    ["[**a**](<https://x.example/a>)", "<a href=\"https://x.example/a\"><strong>a</strong></a>"],
    ["https://x.example/a_b_c.", "<a href=\"https://x.example/a_b_c\">https://x.example/a_b_c</a>."],
    ["(https://en.example/wiki/A_(b))", "(<a href=\"https://en.example/wiki/A_(b)\">https://en.example/wiki/A_(b)</a>)"],
    ["<https://x.example>", "<a href=\"https://x.example\">https://x.example</a>"],
    ["xhttps://x.example", "xhttps://x.example"],
  ])
})

test("mentions are recognised by their text, the longest first", () => {
  const mentions: Mention[] = [
    { text: "@Ana", target: { kind: "user", userId: "@ana:x.example" } },
    { text: "@Ana Maria", target: { kind: "user", userId: "@anamaria:x.example" } },
    { text: "@mods", target: { kind: "role", userIds: ["@a:x.example", "@b:x.example"] } },
  ]
  assert.equal(html("hi @Ana Maria!", { mentions }), "hi <a href=\"https://matrix.to/#/@anamaria:x.example\">@Ana Maria</a>!")
  assert.equal(html("@Anabel", { mentions }), "@Anabel")
  assert.equal(html("`@Ana`", { mentions }), "<code>@Ana</code>")
  assert.equal(html("@mods help", { mentions }), "<strong>@mods</strong> help")
  assert.equal(html("ask @ben:y.example or #help:y.example"), "ask <a href=\"https://matrix.to/#/@ben:y.example\">@ben:y.example</a> or <a href=\"https://matrix.to/#/%23help:y.example\">#help:y.example</a>")
  assert.equal(html("mail ana@ben.example:80"), "mail ana@ben.example:80")
})

test("custom emoji are pictures", () => {
  const emoji = (shortcode: string) => (shortcode === "swift" ? { shortcode, url: "mxc://x.example/a\"b" } : undefined)
  assert.equal(html("a :swift: :none: 10:30:20", { emoji }), "a <img data-mx-emoticon src=\"mxc://x.example/a&quot;b\" alt=\":swift:\" title=\":swift:\" height=\"32\"> :none: 10:30:20")
})

test("hostile input is read in bounded time", () => {
  const started = Date.now()
  for (const part of ["*", "_a_", "[", "](", "||", "$", "`", "> ", "- ", "<u>", "~~a", "@a:b", "|", "\n", "    - a\n", "https://", "**a ", "* a_ "]) {
    html(part.repeat(Math.floor(30_000 / part.length)))
  }
  html("`".repeat(3) + "a`".repeat(10_000))
  html(Array.from({ length: 200 }, (_, index) => "`".repeat(index + 1)).join(" "))
  assert.ok(Date.now() - started < 5000, `took ${Date.now() - started} ms`)
})
