import assert from "node:assert/strict"
import { test } from "node:test"
import type { JSONObject } from "../../../source/matrix/base/read"
import { EmojiTable, inTone, isOnlyEmoji } from "../../../source/domain/emoji/EmojiTable"
import { favouriteEmoji, withUsedEmoji } from "../../../source/domain/emoji/recentEmoji"

const table = new EmojiTable({
  groups: [{
    name: "People", emoji: [
      ["😀", "grinning face", "face grin", 0], ["👋", "waving hand", "hello hand wave", ["👋🏻", "👋🏼", "👋🏽", "👋🏾", "👋🏿"]], ["❤️", "red heart", "heart", 0],
      ["🖐️", "hand with fingers splayed", "finger", 0], [7], "x",
    ],
  }],
})

test("search prefers the beginning of names", () => {
  assert.deepEqual(table.search("hand").map((emoji) => emoji.characters), ["🖐️", "👋"])
  assert.equal(table.search("waving_hand")[0]?.characters, "👋")
  assert.deepEqual(table.search("zzz"), [])
  assert.deepEqual(table.search("  "), [])
})

test("an emoji is found in any tone and without its selector", () => {
  assert.equal(table.find("👋🏽")?.name, "waving hand")
  assert.equal(table.find("❤")?.name, "red heart")
  const wave = table.find("👋")
  assert.ok(wave)
  assert.equal(inTone(wave, 0), "👋")
  assert.equal(inTone(wave, 5), "👋🏿")
})

test("messages of nothing but emoji are known as such", () => {
  for (const text of ["😀", "😀 👋🏽", "👨‍👩‍👧‍👦", "🇩🇪", "1️⃣", "❤️❤", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"]) assert.ok(isOnlyEmoji(text), text)
  for (const text of ["", "12", "#", "hi 😀", "a", "😀!", "*"]) assert.ok(!isOnlyEmoji(text), text)
})

test("a used emoji moves to the front and counts; what others wrote is kept", () => {
  const before: JSONObject = { recent_emoji: [{ emoji: "🤔", total: 19 }, { emoji: { future: 1 }, total: 1 }, { emoji: "👍", total: 7, note: "x" }, { emoji: "x", total: -1 }, 5] }
  assert.deepEqual(withUsedEmoji(before, "👍"), {
    recent_emoji: [{ emoji: "👍", total: 8, note: "x" }, { emoji: "🤔", total: 19 }, { emoji: { future: 1 }, total: 1 }],
  })
  let content = withUsedEmoji(undefined, "first")
  for (let index = 0; index < 150; index += 1) content = withUsedEmoji(content, `e${index}`)
  assert.equal((content.recent_emoji as unknown[]).length, 100)
  assert.equal(favouriteEmoji({ recent_emoji: [{ emoji: "new", total: 1 }, { emoji: "often", total: 50 }] }, 2)[0], "often")
})
