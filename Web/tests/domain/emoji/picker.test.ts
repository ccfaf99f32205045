import assert from "node:assert/strict"
import { test } from "node:test"
import { completeEmoji } from "../../../source/domain/emoji/completeEmoji"
import { EmojiTable } from "../../../source/domain/emoji/EmojiTable"
import { pickerRows, pickerSections, searchSection, stepInGrid } from "../../../source/domain/emoji/pickerRows"
import { readPack } from "../../../source/domain/packs/ImagePack"

const table = new EmojiTable({
  groups: [
    { name: "Smileys & Emotion", emoji: [["😀", "grinning face", "grin", 0], ["😺", "grinning cat", "cat", 0], ["😸", "grinning cat with smiling eyes", "cat", 0]] },
    { name: "People & Body", emoji: [["👋", "waving hand", "wave", ["👋🏻", "👋🏼", "👋🏽", "👋🏾", "👋🏿"]]] },
  ],
})
const pack = readPack({
  images: { cat_wave: { url: "mxc://x/wave" }, party: { url: "mxc://x/party", body: "a dancing cat" }, big: { url: "mxc://x/big", usage: ["sticker"] } }, pack: { display_name: "Cats" },
}, { room: "!r:x", stateKey: "" }, "Room")
assert.ok(pack)
const sources = { table, packs: [pack], recent: ["mxc://x/party", "👋🏽", "gone"], tone: 0 }
const shown = (choices: readonly { kind: string }[]) => choices.map((choice) => JSON.stringify(choice).match(/mxc:\/\/x\/\w+/)?.[0] ?? (choice as unknown as { characters: string }).characters)

test("completion mixes pictures and emoji: whole matches, beginnings, then the rest", () => {
  assert.deepEqual(shown(completeEmoji("cat", sources)), ["mxc://x/wave", "mxc://x/party", "😺", "😸"])
  assert.deepEqual(shown(completeEmoji("wav", sources)), ["👋", "mxc://x/wave"])
  assert.deepEqual(completeEmoji("", sources), [])
  assert.equal(shown(completeEmoji("wav", { ...sources, tone: 5 }))[0], "👋🏿")
})

test("the picker has what was used lately, packs and groups; stickers are apart", () => {
  const sections = pickerSections("emoticon", sources)
  assert.deepEqual(sections.map((section) => section.id), ["recent", "pack:!r:x:", "group:Smileys & Emotion", "group:People & Body"])
  assert.deepEqual(shown(sections[0]?.choices ?? []), ["mxc://x/party", "👋🏽"])
  assert.deepEqual(shown(sections[1]?.choices ?? []), ["mxc://x/wave", "mxc://x/party"])
  const stickers = pickerSections("sticker", { ...sources, recent: [] })
  assert.deepEqual(shown(stickers[0]?.choices ?? []), ["mxc://x/wave", "mxc://x/party", "mxc://x/big"].filter((url) => url !== "mxc://x/none"))
  assert.deepEqual(shown(searchSection("sticker", "big", sources).choices), ["mxc://x/big"])
  assert.deepEqual(shown(searchSection("emoticon", ":cat:", sources).choices), ["mxc://x/wave", "mxc://x/party", "😺", "😸"])
})

test("arrows walk through the grid and over titles", () => {
  const rows = pickerRows(pickerSections("emoticon", { ...sources, recent: [] }), 2)
  assert.deepEqual(rows.map((row) => (row.kind === "title" ? "title" : row.choices.length)), ["title", 2, "title", 2, 1, "title", 1])
  assert.deepEqual(stepInGrid(rows, { row: 1, column: 1 }, "ArrowDown"), { row: 3, column: 1 })
  assert.deepEqual(stepInGrid(rows, { row: 3, column: 1 }, "ArrowDown"), { row: 4, column: 0 })
  assert.deepEqual(stepInGrid(rows, { row: 4, column: 0 }, "ArrowRight"), { row: 6, column: 0 })
  assert.deepEqual(stepInGrid(rows, { row: 6, column: 0 }, "ArrowRight"), { row: 6, column: 0 })
  assert.deepEqual(stepInGrid(rows, { row: 3, column: 0 }, "ArrowLeft"), { row: 1, column: 1 })
  assert.deepEqual(stepInGrid(rows, { row: 1, column: 0 }, "ArrowUp"), { row: 1, column: 0 })
})
