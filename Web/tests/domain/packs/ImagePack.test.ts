import assert from "node:assert/strict"
import { test } from "node:test"
import { freeShortcode, isShortcode, readEnabledPacks, readPack, shortcodeFrom, withEnabledPack, writePack } from "../../../source/domain/packs/ImagePack"

const source = { room: "!cats:example.org", stateKey: "cats" }
const content = {
  images: {
    cat_wave: { url: "mxc://example.org/abc123", body: "a waving cat", info: { w: 512, h: 512 } },
    cat_nap: { url: "mxc://example.org/def456" },
    "with space": { url: "mxc://example.org/old" },
    evil: { url: "https://example.org/track.png" },
    worse: { url: "mxc://example.org/../x" },
    none: 7,
  },
  pack: { display_name: "Cats", usage: ["emoticon"], attribution: "drawn by Ada", "org.example.more": true },
  "org.example.kept": [1],
}

test("a pack is read; pictures from elsewhere than the media repository are not", () => {
  const pack = readPack(content, source, "Room")
  assert.deepEqual(pack?.images.map((image) => image.shortcode), ["cat_wave", "cat_nap", "with space"])
  assert.equal(pack?.images[1]?.body, "cat_nap")
  assert.deepEqual(pack?.images[0]?.usage, ["emoticon"])
  assert.equal(pack?.name, "Cats")
})

test("an emptied event is no pack, and a pack without a name has the room's", () => {
  assert.equal(readPack({}, source, "Room"), undefined)
  assert.equal(readPack({ images: {} }, source, "Room")?.name, "Room")
  assert.deepEqual(readPack({ images: {} }, source, "Room")?.usage, ["emoticon", "sticker"])
})

test("what is written can be read again, and what we do not know is kept", () => {
  const pack = readPack(content, source, "Room")
  assert.ok(pack)
  for (const form of ["stable", "legacy"] as const) {
    const written = writePack(pack, form)
    assert.deepEqual(readPack(written, source, "Room"), pack)
    assert.deepEqual(written["org.example.kept"], [1])
  }
})

test("a shortcode comes from a file's name", () => {
  assert.equal(shortcodeFrom("Müde Katze (2).png"), "Mude_Katze_2")
  assert.equal(shortcodeFrom("猫.webp"), "emoji")
  assert.equal(freeShortcode("cat.png", new Set(["cat", "cat2"])), "cat3")
  assert.ok(isShortcode("a-b_C9") && !isShortcode("a:b") && !isShortcode("") && !isShortcode("x".repeat(101)))
})

test("packs are switched on and off without touching the others", () => {
  const on = withEnabledPack({ rooms: { "!a:x": { "": { later: 1 } } }, more: 1 }, source, true)
  assert.deepEqual(on, { rooms: { "!a:x": { "": { later: 1 } }, "!cats:example.org": { cats: {} } }, more: 1 })
  assert.deepEqual(readEnabledPacks([on, on]), [{ room: "!a:x", stateKey: "" }, source])
  assert.deepEqual(withEnabledPack(on, source, false), { rooms: { "!a:x": { "": { later: 1 } } }, more: 1 })
})
