import assert from "node:assert/strict"
import { test } from "node:test"
import { composeMessage, spoilerMessage, type ComposeContext } from "../../../source/domain/markdown/composeMessage"
import { fromHTML, mentionsIn, textOfHTML } from "../../../source/domain/markdown/fromHTML"
import { parseMarkdown } from "../../../source/domain/markdown/parseBlocks"
import { toHTML } from "../../../source/domain/markdown/toHTML"
import { toMarkdown } from "../../../source/domain/markdown/toMarkdown"

const context: ComposeContext = {
  mentions: [{ text: "@Ana", target: { kind: "user", userId: "@ana:x.example" } }], emoji: () => undefined, canNotifyRoom: true, ownUserId: "@me:x.example",
}

test("a message without formatting has only a body", () => {
  assert.deepEqual(composeMessage(" hello\nyou https://x.example ", context), { msgtype: "m.text", body: "hello\nyou https://x.example", "m.mentions": {} })
})

test("escapes are gone from a body without formatting", () => {
  assert.deepEqual(composeMessage("\\*not bold\\*", context), { msgtype: "m.text", body: "*not bold*", "m.mentions": {} })
})

test("mentions are listed, one's own is not", () => {
  const content = composeMessage("@Ana and @me:x.example and @room", context)
  assert.deepEqual(content["m.mentions"], { user_ids: ["@ana:x.example"], room: true })
  assert.equal(content["body"], "@Ana and @me:x.example and @room")
})

test("what spoilers hide is not in the body", () => {
  const content = composeMessage("so ||death|he *dies*||", context)
  assert.equal(content["body"], "so [Spoiler for death]")
  assert.equal(content["formatted_body"], "so <span data-mx-spoiler=\"death\">he <em>dies</em></span>")
  assert.equal(spoilerMessage("x **y**", undefined, context)["body"], "[Spoiler]")
})

test("old messages become Markdown that reads back to the same HTML", () => {
  for (const source of [
    "**a** *b* ~~c~~ `d`", "# Title\n\ntext\nmore", "- a\n- b\n  - c", "3. a\n4. b", "> a\n> b\n\nc", "```swift\nlet a = 1\n```", "||why|x|| ||y||",
    "| a | b |\n| --- | --- |\n| 1 | 2 |", "$x^2$ and\n\n$$y$$", "[a](https://x.example)", "https://x.example/a_b", "---", "<u>a</u> <sub>b</sub>", "@Ana hi",
    "\\*a\\*", "1\\. no list", "\\# no title", "snake_case and 2 * 3",
  ]) {
    const html = toHTML(parseMarkdown(source, context))
    const blocks = fromHTML(html)
    const again = toHTML(parseMarkdown(toMarkdown(blocks), { ...context, mentions: mentionsIn(blocks) }))
    assert.equal(again, html, source)
  }
})

test("HTML of other clients is understood", () => {
  assert.equal(toMarkdown(fromHTML("<mx-reply><blockquote>x</blockquote></mx-reply><p>a <b>b</b></p>\n<ul>\n<li>c</li>\n</ul>")), "a **b**\n\n- c")
  assert.equal(toMarkdown(fromHTML("<h1>a<script>alert(1)</script></h1>&lt;x&gt; &amp;&#x41;")), "# a\n\n<x> &A")
  assert.equal(textOfHTML("<p>a</p><p>b <span data-mx-spoiler>secret</span></p>"), "a\nb █████")
})

test("reading hostile HTML ends", () => {
  const started = Date.now()
  for (const html of ["<".repeat(60_000), "<a ".repeat(20_000), "<div>".repeat(12_000), "<a href=\"".repeat(6_000), "&".repeat(60_000), "<p>".repeat(20_000) + "</p>".repeat(20_000)]) {
    toMarkdown(fromHTML(html))
    textOfHTML(html)
  }
  assert.ok(Date.now() - started < 5000, `took ${Date.now() - started} ms`)
})
